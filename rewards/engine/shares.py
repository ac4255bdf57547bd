"""Splits points over lines so that nothing is lost: the largest-remainder method.

The shares are kept with the award, so that a refund of one line takes back exactly what that line earned, and
refunds of all lines, in any order, take back exactly the award.
"""

from collections.abc import Sequence


def apportion(points: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return one share of `points` per weight, in proportion to it; the shares add up to `points`.

    Each share is rounded down, and what is left over goes, one point each, to the largest remainders; of
    equal ones the earlier line wins. Weights that are all zero have no shares: the result is empty, and the
    points belong to the purchase as a whole.
    """
    whole = sum(weights)
    if not whole:
        return ()
    if len(weights) == 1:
        return (points,)
    shares = [points * weight // whole for weight in weights]
    left_over = points - sum(shares)
    if left_over:
        remainders = [points * weight % whole for weight in weights]
        # Sorting in reverse keeps equal ones in order, so the earlier line comes first.
        largest_first = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        for index in largest_first[:left_over]:
            shares[index] += 1
    return tuple(shares)
