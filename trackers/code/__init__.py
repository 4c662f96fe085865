"""Other people's code: how a folder's modules are loaded, and which files a tracker's results depend on."""
