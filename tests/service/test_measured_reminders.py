"""The benchmark of reminders can fill every table that it measures, and what it plants is due."""

from contextlib import closing

import psycopg

from helpline.store.database import connect
from tests.bench.reminders import planted
from tests.house import House


def test_what_the_benchmark_plants_goes_out(postgres_url: str) -> None:
    with closing(connect(postgres_url)) as database:
        house = House(database)
        with psycopg.connect(postgres_url) as connection:
            planted(connection, house.parts.ring, 20, house.clock.now)
        house.tick()
        assert len({each.number for each in house.gateway.sent}) == 20
