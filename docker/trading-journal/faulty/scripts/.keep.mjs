// The faulty release differs in the migration only.
