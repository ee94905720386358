"""The figures the synthetic records are fitted to, with where they come from.

Keys S0, S9 … are those of ``kieng.yaml`` in the workspace. Between the anchors nothing is known: the
curves there are invented.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Share of cases in percent by month's first day. Fitted so that 1/1–26/6/2023 gives the figures of S9:
#: online 42.6, paid online 42.79, electronic results 34.28, digitised 44.1, population data 88.66.
CASE_CURVES: Mapping[str, Mapping[str, float]] = {
    "online": {"2022-01": 18, "2023-01": 38.0, "2023-06": 45.5, "2024-12": 62, "2025-12": 71, "2026-12": 84},
    "paid": {"2022-01": 6, "2023-01": 37.5, "2023-06": 46.2, "2024-12": 58, "2025-12": 66, "2026-12": 75},
    "e_result": {"2022-01": 8, "2023-01": 29.2, "2023-06": 37.4, "2024-12": 71, "2025-12": 84, "2026-12": 93},
    "digitised": {
        "2022-01": 15,
        "2023-01": 39.2,
        "2023-06": 47.1,
        "2024-12": 72,
        "2025-12": 81,
        "2026-12": 88,
    },
    "population": {
        "2022-01": 40,
        "2023-01": 87.2,
        "2023-06": 89.5,
        "2024-12": 94,
        "2025-12": 96,
        "2026-12": 98,
    },
    "reused": {"2022-01": 1, "2023-06": 8, "2024-12": 31, "2025-12": 47, "2026-12": 58},
    "satisfied": {"2022-01": 93, "2024-12": 96, "2026-12": 97},
    # S22: 98.6 % on time in the whole of 2025.
    "on_time": {"2022-01": 95.5, "2023-12": 97, "2025-01": 98.6, "2025-12": 98.6, "2026-12": 98.9},
}

#: Work files handled online, in percent, by level. No figure was ever published: all invented.
WORK_FILE_CURVES: Mapping[str, Mapping[str, float]] = {
    "department": {"2022-01": 58, "2023-12": 76, "2025-06": 88, "2025-12": 91.5, "2026-12": 95},
    "district": {"2022-01": 44, "2023-12": 63, "2025-06": 77.5},
    "commune": {"2022-01": 22, "2023-12": 41, "2025-06": 54, "2025-12": 57.5, "2026-12": 66},
}

#: Households with fibre, percent: S0 says 55 at mid-2022 for Bình Định; the rest is invented.
#: The estimate of the end of 2025 passes the target of 80, the confirmed figure does not.
FIBRE_EAST: Mapping[str, float] = {
    "2022-06-30": 55,
    "2023-12": 66,
    "2024-12": 73.5,
    "2025-12-31": 79.4,
    "2026-12": 84,
}
FIBRE_WEST: Mapping[str, float] = {"2025-06": 60, "2026-12": 70}
#: Households with a smartphone: S13 says 99.6 at the end of 2024, up 2.58 in a year.
SMARTPHONE_EAST: Mapping[str, float] = {"2022-06": 93, "2023-12-31": 97.02, "2024-12-31": 99.6}
SMARTPHONE_WEST: Mapping[str, float] = {"2025-06": 96, "2026-12": 98}
#: Villages with 4G: S13 and S23 say 99.9 at the ends of 2024 and 2025; before that invented.
VILLAGES_4G: Mapping[str, float] = {"2022-06": 98.6, "2024-12-31": 99.9, "2025-12-31": 99.9}
#: Grown-ups with an e-payment account: invented.
E_PAYMENT_EAST: Mapping[str, float] = {"2022-06": 34, "2023-12": 47, "2024-12": 58, "2025-12": 66}
E_PAYMENT_WEST: Mapping[str, float] = {"2025-06": 48, "2026-12": 60}
#: How much kinder a figure is before it is confirmed, in percentage points.
OPTIMISM = {"estimate": 1.6, "provisional": 0.6, "confirmed": 0.0}

#: Stations in service: Bình Định at mid-2022 (S0), with old Gia Lai at the end of 2025 (S23).
STATIONS = {"2022-06-30": 1723, "2025-12-31": 8828}
EAST_STATIONS_2025 = 3900
#: S13: "over 70" of one operator (Viettel) in Bình Định, so 72 here; S24, of all (S23 says 167).
STATIONS_5G_2024, STATIONS_5G_2025 = 72, 734

#: S0, end of 2021. The rest of the growth is invented.
IT_ENTERPRISES_2021, SOFTWARE_MAKERS_2021 = 96, 12
DIGITAL_TECHNOLOGY_2025 = 88  # invented: short of the 100 of Resolution 05


ENGINEERS_2023_03 = 990  # "nearly 1,000" (March 2023)
LEARNERS_A_YEAR = 800  # four schools (S0)
