"""The drawings, by name: each a function of dice, a palette and the size of the canvas, giving SVG."""

from collections.abc import Callable

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes import land, people, things, town, water

Scene = Callable[[Dice, Palette, int, int], str]

SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        land.balloons,
        land.dunes,
        land.flowers,
        land.leaves,
        land.night,
        land.peaks,
        land.snow,
        land.trees,
        people.carpet,
        people.court,
        people.cyclist,
        people.people,
        people.pitch,
        people.podium,
        people.runners,
        things.books,
        things.cat,
        things.circuit,
        things.desk,
        things.dog,
        things.table,
        town.gallery,
        town.market,
        town.palace,
        town.rain,
        town.skyline,
        town.stage,
        town.street,
        town.train,
        water.beach,
        water.boat,
        water.bridge,
        water.lighthouse,
        water.pool,
        water.sea,
    )
}
