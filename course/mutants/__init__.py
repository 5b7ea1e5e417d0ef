"""Mutation testing of questions: changed answers that one lets through, right ones that it refuses.

`operators` changes an answer in one place at a time; `forms` and `results` give a right answer differently.
`solution` runs a solution notebook in this process; `proof` and `accepted` ask its questions. `named` reads
what the notebook says is equivalent, `arguments` looks at what questions pass, `table` counts, and `command`
does it all.
Nothing here imports torch.
"""
