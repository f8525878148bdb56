"""Unified social credit code (GB 32100-2015): 18 characters, the last one computed."""

from inventory.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(body: str) -> str:
    """The 18th character for the first 17; the outer modulus turns 31 into 0."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def check_uscc(code: str) -> str:
    """The code itself, if it is well formed and its check character is right."""
    if len(code) != len(WEIGHTS) + 1 or any(character not in ALPHABET for character in code):
        raise Invalid(
            "统一社会信用代码应为18位数字或大写字母(不含I、O、S、V、Z) / "
            "a unified social credit code has 18 digits or capital letters (no I, O, S, V, Z)",
            field="uscc",
            value=code,
        )
    if (expected := check_character(code[:-1])) != code[-1]:
        raise Invalid(
            f"统一社会信用代码校验位不符，末位应为 {expected} / the check character is wrong, expected {expected}",
            field="uscc",
            value=code,
        )
    return code
