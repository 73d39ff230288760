"""Pure statistics: no I/O, numpy and scipy only. Rates are shares 0-1, days are proleptic ordinals."""
