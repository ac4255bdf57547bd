"""What customers say of themselves, and where they decide about the rest."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.pages import PageRequest, customer_required
from referrals.services.customers import BirthdayConflict
from referrals.services.profiles import change_profile

EARLIEST_BIRTHDAY = date(1900, 1, 1)


class ProfileForm(forms.Form):
    """What a customer says of themselves."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    shows_first_name = forms.BooleanField(label=_("Show my first name to friends whom I invite"), required=False)
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Some merchants give something on it. It can be put right once a year."),
    )

    def clean_birthday(self) -> date | None:
        """A day on which somebody who is alive can have been born."""
        birthday: date | None = self.cleaned_data["birthday"]
        if birthday is not None and not EARLIEST_BIRTHDAY <= birthday <= timezone.localdate():
            raise forms.ValidationError(_("This birthday is not possible."))
        return birthday


@customer_required
def profile(request: PageRequest) -> HttpResponse:
    """Change what is known of one, as far as one may say it oneself."""
    customer = request.customer
    known = {"name": customer.name, "shows_first_name": customer.shows_first_name, "birthday": customer.birthday}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(customer=customer, now=timezone.now(), **form.cleaned_data)
        except BirthdayConflict as error:
            form.add_error("birthday", error.detail)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("profile"))
    return render(request, "referrals/profile.html", {"form": form})
