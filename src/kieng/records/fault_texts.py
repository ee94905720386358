"""The sentences of every row-level fault: (why, how to mend). ``{…}`` is filled by the fault's details."""

from __future__ import annotations

from kieng.words import Name

TEXTS: dict[str, tuple[Name, Name]] = {
    # --- the row cannot be read ---
    "ragged-row": (
        Name(
            "Dòng có {found} ô, tiêu đề có {expected} cột.",
            "The row has {found} cells, the header {expected}.",
        ),
        Name(
            "Kiểm tra dấu phân cách và dấu ngoặc kép trong dòng này.",
            "Check the separators and quotation marks in this row.",
        ),
    ),
    "bad-quotes": (
        Name("Dấu ngoặc kép trong dòng không khớp.", "The quotation marks in this row do not match."),
        Name(
            'Đóng dấu ngoặc kép; viết dấu ngoặc kép bên trong ô thành "".',
            'Close the quotation mark; write one inside a cell as "".',
        ),
    ),
    "cell-too-long": (
        Name("Một ô dài hơn {limit} ký tự.", "A cell is longer than {limit} characters."),
        Name(
            "Rút ngắn ô, hoặc đóng dấu ngoặc kép bị bỏ sót.",
            "Shorten the cell, or close a quotation mark that was left open.",
        ),
    ),
    "nul-character": (
        Name("Dòng có ký tự NUL.", "The row holds a NUL character."),
        Name("Xuất lại tệp từ hệ thống nguồn.", "Export the file again from its system."),
    ),
    "control-character": (
        Name("Ô có ký tự điều khiển {character}.", "The cell holds the control character {character}."),
        Name(
            "Xóa ký tự ấy, hoặc xuất lại tệp từ hệ thống nguồn.",
            "Delete that character, or export the file again from its system.",
        ),
    ),
    "bad-json": (
        Name("Dòng không phải JSON hợp lệ: {detail}.", "The line is not valid JSON: {detail}."),
        Name("Mỗi dòng phải là một đối tượng JSON trọn vẹn.", "Each line has to be one whole JSON object."),
    ),
    "duplicate-name": (
        Name("Tên «{name}» có hai lần trong đối tượng.", "The name `{name}` stands twice in the object."),
        Name("Chỉ giữ một giá trị cho mỗi tên.", "Keep one value per name."),
    ),
    # --- values ---
    "missing-value": (
        Name("Bắt buộc phải có giá trị.", "A value is required."),
        Name("Điền giá trị rồi gửi lại dòng này.", "Fill it in and send the row again."),
    ),
    "unknown-value": (
        Name("Giá trị này không có trong danh mục.", "This value is not in the list."),
        Name(
            "{hint} Sửa ô, hoặc thêm giá trị vào bảng ánh xạ.",
            "{hint} Correct the cell, or add the value to the mapping.",
        ),
    ),
    "not-one-value": (
        Name(
            "Cần một giá trị, ở đây có nhiều hoặc lồng nhau.",
            "One value is expected; here are several or nested.",
        ),
        Name(
            "Chỉ rõ đường dẫn, hoặc đặt `many` (sum, count, first, last) trong bảng ánh xạ.",
            "Name a deeper path, or set `many` (sum, count, first, last) in the mapping.",
        ),
    ),
    "excel-error": (
        Name("Ô chứa lỗi công thức của Excel.", "The cell holds an error of an Excel formula."),
        Name("Sửa công thức hoặc gõ giá trị vào ô.", "Mend the formula or type the value."),
    ),
    "digits-lost": (
        Name(
            "Excel đã giữ mã này như một số và chỉ nhớ 15 chữ số.",
            "Excel kept this code as a number and remembers 15 digits only.",
        ),
        Name(
            "Định dạng cột là Văn bản rồi nhập lại mã.", "Format the column as text and enter the code again."
        ),
    ),
    "not-true-or-false": (
        Name("Cần «có» hoặc «không».", "Here yes or no is expected."),
        Name(
            "Viết có/không, true/false hoặc 1/0; từ khác thì khai trong bảng ánh xạ.",
            "Write true/false, 1/0 or có/không; declare other words in the mapping.",
        ),
    ),
    "not-a-number": (
        Name(
            "Đây không phải là một số theo cách viết đã khai.",
            "This is not a number as the mapping writes them.",
        ),
        Name(
            "Chỉ viết chữ số, dấu thập phân «{decimal}», không kèm đơn vị.",
            "Write digits, with `{decimal}` before decimals, and no unit.",
        ),
    ),
    "ambiguous-number": (
        Name(
            "Không rõ dấu chấm hay phẩy này ngăn phần nghìn hay phần thập phân.",
            "It is not clear whether this sign separates thousands or decimals.",
        ),
        Name(
            "Khai `numbers: {{decimal: …, group: …}}` trong bảng ánh xạ.",
            "Declare `numbers: {{decimal: …, group: …}}` in the mapping.",
        ),
    ),
    "not-a-whole-number": (
        Name("Cần một số nguyên.", "Here a whole number is expected."),
        Name("Bỏ phần thập phân.", "Leave out the decimals."),
    ),
    "number-too-large": (
        Name(
            "Số lớn hơn mức sổ ghi giữ được chính xác.",
            "The number is larger than the ledger can hold exactly.",
        ),
        Name("Kiểm tra lại số hoặc đơn vị tính.", "Check the number, or the unit it is given in."),
    ),
    "too-many-decimals": (
        Name("Số có hơn {scale} chữ số thập phân.", "The number has more than {scale} decimals."),
        Name(
            "Làm tròn ở nguồn; ở đây không tự làm tròn.", "Round it at the source; nothing is rounded here."
        ),
    ),
    "not-a-date": (
        Name(
            "Không đúng dạng ngày tháng đã khai ({patterns}).", "No declared date pattern fits ({patterns})."
        ),
        Name(
            "Sửa ô, hoặc thêm dạng ngày vào bảng ánh xạ.",
            "Correct the cell, or add its pattern to the mapping.",
        ),
    ),
    "date-as-number": (
        Name("Ô ngày tháng chỉ còn là một con số.", "The date has become a bare number."),
        Name(
            "Định dạng cột là Ngày, hoặc thêm `excel` vào `dates` của bảng ánh xạ.",
            "Format the column as a date, or add `excel` to the mapping's `dates`.",
        ),
    ),
    "no-such-day": (
        Name("Không có ngày hay giờ này.", "There is no such day or time."),
        Name("Sửa lại ngày, giờ.", "Correct the day or the time."),
    ),
    "implausible-year": (
        Name("Năm nằm ngoài khoảng {first}–{last}.", "The year is outside {first} to {last}."),
        Name(
            "Sửa năm; ngày «vô hạn» thì khai trong `absent` của bảng ánh xạ.",
            "Correct the year; declare a date that means 'never' under `absent` in the mapping.",
        ),
    ),
    "no-such-time": (
        Name(
            "Giờ này không có, hoặc có hai lần, ở múi giờ {zone} (đổi giờ mùa hè).",
            "This time does not exist, or exists twice, in {zone} (clocks change that night).",
        ),
        Name("Gửi giờ kèm độ lệch, như +07:00.", "Send the time with its offset, as in +07:00."),
    ),
    # --- agencies ---
    "unknown-agency": (
        Name("Không có cơ quan nào mang {by} này.", "No agency has this {by}."),
        Name(
            "{hint} Sửa ô, hoặc thêm cơ quan vào agencies/.",
            "{hint} Correct the cell, or add it to agencies/.",
        ),
    ),
    "agency-not-on-day": (
        Name("Ngày {day} không có cơ quan này: {lives}.", "On {day} there is no such agency: {lives}."),
        Name(
            "Sửa ngày, hoặc dùng cơ quan kế thừa: {heirs}.", "Correct the day, or use its successor: {heirs}."
        ),
    ),
    "ambiguous-agency": (
        Name("Nhiều cơ quan cùng khớp: {candidates}.", "Several agencies fit: {candidates}."),
        Name("Ghi mã cơ quan thay cho tên.", "Give the agency's code instead of its name."),
    ),
    "agency-needs-day": (
        Name(
            "Mã hoặc tên này từng thuộc nhiều cơ quan ({candidates}); thiếu ngày để chọn.",
            "Over time several agencies bore this ({candidates}); the day to choose by is missing.",
        ),
        Name("Điền ngày vào cột {on}.", "Fill in the day ({on})."),
    ),
    # --- the door ---
    "personal-data": (
        Name(
            "Ô có {kind}: dữ liệu cá nhân không được vào sổ ghi.",
            "The cell holds {kind_en}: personal data may not enter.",
        ),
        Name(
            "Xóa khỏi ô; nếu không phải dữ liệu cá nhân, đặt `not_personal: true` cho trường này.",
            "Delete it from the cell; if it is none, set `not_personal: true` for this field.",
        ),
    ),
    "conflicting-rows": (
        Name(
            "Cùng một khóa nhưng nội dung khác ở dòng {lines}.",
            "The same key with other content stands on line {lines}.",
        ),
        Name("Chỉ giữ dòng đúng.", "Keep the row that is right."),
    ),
    "rows-told-apart": (
        Name(
            "Cùng khóa với dòng {lines}; phần được đọc giống nhau, nhưng dòng khác nhau ở cột {columns}.",
            "The same key as on line {lines}; what is read of them is alike, but they differ in {columns}.",
        ),
        Name(
            "Nếu là một việc thì chỉ giữ một dòng; nếu là nhiều việc thì thêm vào khóa cột phân biệt chúng.",
            "If it is one thing, keep one row; if they are several, put into the id what tells them apart.",
        ),
    ),
}
