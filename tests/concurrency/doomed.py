"""A process whose children do one thing each, and are killed at one place in the middle of it.

It reads a line for each: what is to be done, and where to die, as JSON. It answers with what came out of it: the
signal that ended the child, and what the child had said by then. Places are statements of SQL, the commit, and the
answer; nothing of the product knows of them.
"""

import json
import os
import signal
import sys
from uuid import UUID

import django


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(place):
    """Have this process killed at a place: `before`, `after`, and a part of a statement, or `commit`."""
    from django.db import connection

    when, what = place
    if what == "commit":
        commit = connection._commit

        def dying_commit():
            if when == "before":
                die()
            commit()
            die()

        connection._commit = dying_commit
        return

    def wrapper(execute, sql, params, many, context):
        is_there = what in str(sql)
        if is_there and when == "before":
            die()
        result = execute(sql, params, many, context)
        if is_there:
            die()
        return result

    connection.execute_wrappers.append(wrapper)


def redeem(key, idempotency_key, body):
    """A call over the whole of the product, middleware and all; the answer as its bytes."""
    from django.test import Client

    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key}
    path = "/api/v1/rewards/redeem"
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers).content


def complete(job, technician, repair):
    """A technician says that a job is done."""
    from django.utils import timezone

    from fulfillment.models import Technician
    from fulfillment.services.fulfilment import complete_job
    from fulfillment.services.repairs import Confirmed

    complete_job(
        job=UUID(job),
        technician=Technician.objects.get(pk=technician),
        repair=Confirmed(*repair),
        now=timezone.now(),
    )
    return b"done"


def live_and_die(told, out):
    """Do what is to be done, up to the place."""
    place = told["place"]
    if place and place[1] != "answer":
        dying_at(place)
    answer = {"redeem": redeem, "complete": complete}[told["do"]](*told["with"])
    if place and place[1] == "answer":
        os.write(out, answer[: len(answer) // 2])
        die()
    os.write(out, answer)


def main():
    """Bear a child for each line until the input ends."""
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    print("ready", flush=True)
    for line in sys.stdin:
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            live_and_die(json.loads(line), write_end)
            os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        print(json.dumps({"signal": status & 0x7F, "said": said}), flush=True)


if __name__ == "__main__":
    main()
