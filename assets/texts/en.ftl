# The texts of the window in English. A translation is a copy of this file by the name of its
# language (de.ftl), put into the folder that Preferences > Window > Language opens. What it leaves
# out is shown in English. The format: https://projectfluent.org/fluent/guide/

### Words that stand on buttons everywhere

common-add = Add
common-apply = Apply
common-cancel = Cancel
common-close = Close
common-copy = Copy
common-delete = Delete
common-import = Import…
common-next = Next
common-ok = OK
common-open = Open
common-play = Play
common-previous = Previous
common-remove = Remove
common-rename = Rename…
common-reset = Reset
common-restore = Restore
common-reveal = Show in folder
common-save = Save
common-stop = Stop
common-undo = Undo

