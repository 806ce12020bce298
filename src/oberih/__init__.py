"""Oberih: how far would it reach, is it happening, do the rules hold, can anyone check?

Rooms, from the top: ``cli`` (the face), ``case`` (whole stories), ``picture``,
``zone``, ``dose``, ``atlas``, ``dispersion``, ``weather`` and ``release``,
``evidence``, ``nuclide``, ``earth``; below them ``units``, ``constants`` and
``errors``.  Imports run down only.
"""

__version__ = "0.1.0"
