package main

// evaluateCmd measures the judgements that Rapport makes against files whose truth is known.
type evaluateCmd struct{}

// trainCmd makes the models that ship inside the program.
type trainCmd struct{}
