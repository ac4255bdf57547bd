"""Names as people see them."""

from referrals.services.customers import legible_name


def test_invisible_marks_that_turn_a_text_around_are_left_out_of_a_name():
    assert legible_name("Ada \u202etxet\u202c Lovelace\u2066") == "Ada txet Lovelace"
