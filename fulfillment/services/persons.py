"""Whatever is done with all that is known of a person is done with what this floor knows, too."""

from fulfillment.selectors.inbox import inbox_of_person
from fulfillment.services.notifications.inbox import forget_contact
from rewards.services.erasure import FORGET_ABOVE
from rewards.services.person_export import KNOWN_ABOVE

FORGET_ABOVE.append(forget_contact)
KNOWN_ABOVE.append(inbox_of_person)
