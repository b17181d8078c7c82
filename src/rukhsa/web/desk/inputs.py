"""How the fields of a form of the desk look: the look of our pages, days and moments as browsers type them."""

from django import forms

_DIRECTIONS = {"ar": "rtl", "en": "ltr"}


def dress(form: forms.Form) -> None:
    """Give each field the look of the pages; a field whose name ends in `ar` or `en` is typed in that language."""
    for name, field in form.fields.items():
        if isinstance(field, forms.DateTimeField):
            attributes = {"type": "datetime-local", "dir": "ltr"}
            field.widget = forms.DateTimeInput(attrs=attributes, format="%Y-%m-%dT%H:%M")
        elif isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date", "dir": "ltr"}, format="%Y-%m-%d")
        if not isinstance(field.widget, forms.CheckboxSelectMultiple):
            field.widget.attrs["class"] = "ds-input"
        if (language := name.rpartition("_")[2]) in _DIRECTIONS:
            field.widget.attrs |= {"dir": _DIRECTIONS[language], "lang": language}
