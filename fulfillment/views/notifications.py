"""What a customer was told, and how they wish to be."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from config.lib.errors import DomainError
from config.lib.pages import PageRequest, customer_required
from config.lib.queries import read_cursor, write_cursor
from fulfillment.forms import ContactForm
from fulfillment.selectors.inbox import inbox_page, preferences_of, unread_count
from fulfillment.services.notifications.inbox import choose_contact, mark_read
from fulfillment.services.notifications.push import public_key
from fulfillment.views.language import read_in

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def notifications(request: PageRequest) -> HttpResponse:
    """Show what the reader was told, newest first; what they have read is noted when they say so."""
    if request.method == "POST":
        mark_read(customer=request.customer, uuids=None, now=timezone.now())
        return HttpResponseRedirect(reverse("notifications-page"))
    list_ = f"inbox:{request.customer.pk}"
    try:
        before = read_cursor(request, of=list_)
    except DomainError:
        return HttpResponseRedirect(reverse("notifications-page"))
    shown, place = inbox_page(customer=request.customer, before=before, size=PAGE_SIZE, language=get_language() or "")
    context = {
        "notifications": shown,
        "unread": unread_count(customer=request.customer),
        "next": write_cursor(place, of=list_) if place else "",
    }
    return render(request, "fulfillment/notifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def contact_settings(request: PageRequest) -> HttpResponse:
    """Ask the reader how they wish to be told, and keep it."""
    form = ContactForm(request.POST or None, preference=preferences_of(request.customer))
    if request.method == "POST" and form.is_valid():
        choose_contact(
            customer=request.customer,
            channels=form.channels(),
            language=form.cleaned_data["language"],
            time_zone=form.cleaned_data["time_zone"],
            quiet=form.quiet(),
        )
        read_in(request, form.cleaned_data["language"])
        messages.success(request, gettext("This is how we will tell you."))
        return HttpResponseRedirect(reverse("contact-settings"))
    return render(request, "fulfillment/contact_settings.html", {"form": form, "push_key": public_key()})
