"""Small videos rendered at run time: solid bodies with known shapes, so with exact boxes, on textured scenes.

`dataset.RenderedDataset` serves the built-in sets (`catalogue`); training draws its own from `scripts.stage`
with another `worlds.World`.
"""
