"""What Superset is set to for the comparison, in its own environment: SUPERSET_CONFIG_PATH names this file.

As its documents recommend for production: PostgreSQL for its own tables, Redis for every cache. A head's rows
are picked by the user's name, so rules of rows may be templates. The rest stays as it comes.
"""

import os

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_OWN_DATABASE"]
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True}
LOG_LEVEL = "WARNING"
WTF_CSRF_TIME_LIMIT = None


def _cache(prefix: str) -> dict[str, object]:
    return {
        "CACHE_TYPE": "RedisCache",
        "CACHE_DEFAULT_TIMEOUT": 86_400,
        "CACHE_KEY_PREFIX": prefix,
        "CACHE_REDIS_URL": os.environ["SUPERSET_REDIS"],
    }


CACHE_CONFIG = _cache("own_")
DATA_CACHE_CONFIG = _cache("data_")
FILTER_STATE_CACHE_CONFIG = _cache("filters_")
EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("explore_")
