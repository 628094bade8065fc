"""How large files are, in words."""

from flask_babel import format_decimal

from galerio_events.materials.views.blueprint import bp

_STEP = 1024
_UNITS = ("kB", "MB", "GB")


@bp.app_template_filter()
def file_size(size: int) -> str:
    """`12 kB`, `3.4 MB`: to the tenth where it is less than ten, and never less than 1 kB."""
    amount = float(size)
    for unit in _UNITS:
        amount /= _STEP
        if amount < 1000 or unit == _UNITS[-1]:
            break
    shown = max(1.0, amount) if unit == "kB" else amount
    return f"{format_decimal(round(shown, 1) if shown < 10 and unit != 'kB' else round(shown))} {unit}"
