"""Tables of counts given their margins: Fisher, larger tables, trend, strata, matched pairs."""
