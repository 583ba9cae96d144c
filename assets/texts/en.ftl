# The texts of the window in English. A translation is a copy of this file by the name of its
# language (de.ftl), put into the folder that Preferences, Language, Translate… opens. What it leaves
# out is shown in English. The format: https://projectfluent.org/fluent/guide/

### The name of the language in itself, as the list of languages shows it

language-name = English

### Words that stand on buttons everywhere

common-add = Add
common-cancel = Cancel
common-close = Close
common-copy = Copy
common-delete = Delete
common-heard = Heard
common-import = Import…
common-ok = OK
common-open = Open
common-play = Play
common-playing = Playing
common-remove = Remove
common-rename = Rename…
common-restore = Restore
common-save = Save
common-undo = Undo

## Groups of actions on the sheet of keys

window-group-play = Play
window-group-stem = Selected stem
window-group-listen = Listen and measure
window-timeline = Timeline
window-group-view = Window
window-group-edit = Edit
window-group-file = File
window-group-help = Help

## Actions, in menus, the palette and the sheet of keys

action-play-or-pause = Play or pause
action-to-the-start = To the start
action-to-the-end = To the end
action-loop-on-or-off = Loop on or off
action-loop-starts-here = Loop starts here
action-loop-ends-here = Loop ends here
action-previous-section = Previous section
action-next-section = Next section
action-back-one-beat = Back one beat
action-forward-one-beat = Forward one beat
action-select-the-stem-above = Select the stem above
action-select-the-stem-below = Select the stem below
action-rename-the-stem = Rename the stem
action-mute-the-selected-stem = Mute the selected stem
action-solo-the-selected-stem = Solo the selected stem
action-raise-the-fader-by-0-5-db = Raise the fader by 0.5 dB
action-lower-the-fader-by-0-5-db = Lower the fader by 0.5 dB
action-move-the-lane-up = Move the lane up
action-move-the-lane-down = Move the lane down
action-show-or-hide-the-automation = Show or hide the automation
action-invert-the-polarity = Invert the polarity
action-reset-the-strip = Reset the strip
action-clear-all-solos = Clear all solos
action-clear-all-mutes = Clear all mutes
action-play-the-stems-unprocessed = Play the stems unprocessed
action-play-the-reference = Play the reference
action-play-the-mix-through-the-chosen-master = Play the mix through the chosen master
action-blind-test-of-two-sounds = Blind test of two sounds
action-reset-the-meters = Reset the meters
action-pause-the-meters = Pause the meters
action-copy-the-loudness-figures = Copy the loudness figures
action-next-scale-of-the-meters = Next scale of the meters
action-next-slope-of-the-spectrum = Next slope of the spectrum
action-next-averaging-of-the-spectrum = Next averaging of the spectrum
action-meters-in-their-own-window = Meters in their own window
action-show-the-loop = Show the loop
action-fit-the-song = Fit the song
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-taller-lanes = Taller lanes
action-lower-lanes = Lower lanes
action-next-snap = Next snap
action-next-unit-of-the-ruler = Next unit of the ruler
action-next-way-to-follow-the-playhead = Next way to follow the playhead
action-group-the-lanes-by-role = Group the lanes by role
action-waveforms-after-processing = Waveforms after processing
action-start-a-section-here = Start a section here
action-rename-the-section = Rename the section
action-remove-the-section = Remove the section
action-comment-here = Comment here
action-previous-comment = Previous comment
action-next-comment = Next comment
action-play-around-the-comment = Play around the comment
action-solo-the-stem-of-the-comment = Solo the stem of the comment
action-cut-out-the-marked-range = Cut out the marked range
action-remove-the-cut = Remove the cut
action-play-the-join = Play the join
action-move-the-cut-a-beat-earlier = Move the cut a beat earlier
action-move-the-cut-a-beat-later = Move the cut a beat later
action-make-the-marked-range-clean = Make the marked range clean
action-let-the-marked-range-stay-explicit = Let the marked range stay explicit
action-the-first-bar-starts-here = The first bar starts here
action-tap-the-tempo = Tap the tempo
action-find-tempo-and-bars = Find tempo and bars
action-import-lyrics = Import lyrics…
action-stems = Stems
action-mix = Mix
action-master = Master
action-versions = Versions
action-review = Review
action-deliver = Deliver
action-mixer-strips-or-lanes = Mixer strips or lanes
action-show-or-hide-the-rack = Show or hide the rack
action-show-or-hide-the-loudness-panel = Show or hide the loudness panel
action-larger = Larger
action-smaller = Smaller
action-default-size = Default size
action-next-theme = Next theme
action-reset-layout = Reset layout
action-redo = Redo
action-trims-drive-the-chains = Trims drive the chains
action-undo = Undo
action-history = History
action-save-as = Save as…
action-save = Save
action-open-a-folder-of-stems = Open a folder of stems…
action-open-a-session = Open a session…
action-open-the-demo-song = Open the demo song
action-add-stems = Add stems…
action-song-and-brief = Song and brief…
action-import-comments = Import comments…
action-page-for-the-client = Page for the client…
action-export-and-pack-for-delivery = Export and pack for delivery
action-export-the-masters = Export the masters
action-export = Export…
action-cancel-the-render = Cancel the render
action-merge-both-copies = Merge both copies
action-merge-both-copies-keeping-yours = Merge both copies, keeping yours
action-merge-both-copies-keeping-theirs = Merge both copies, keeping theirs
action-files-of-the-song = Files of the song
action-collect-all-files = Collect all files…
action-close-the-session = Close the session
action-quit = Quit
action-search-for-anything = Search for anything
action-keys = Keys
action-manual = Manual
action-preferences = Preferences
action-sound-device = Sound device…
action-show-the-hints-again = Show the hints again

## Words that also find these actions in the palette, by the action

find-play-or-pause = start stop transport
find-to-the-start = home rewind beginning
find-to-the-end = last
find-loop-on-or-off = repeat cycle
find-loop-starts-here = in point mark range
find-loop-ends-here = out point mark range
find-previous-section = previous marker back
find-next-section = next marker forward
find-back-one-beat = nudge left rewind second
find-forward-one-beat = nudge right forward second
find-select-the-stem-above = up previous track
find-select-the-stem-below = down next track
find-rename-the-stem = name title call
find-mute-the-selected-stem = silence off
find-solo-the-selected-stem = alone hear only
find-raise-the-fader-by-0-5-db = louder up volume level
find-lower-the-fader-by-0-5-db = quieter down volume level
find-move-the-lane-up = reorder stem order
find-move-the-lane-down = reorder stem order
find-show-or-hide-the-automation = line envelope write
find-invert-the-polarity = phase flip
find-reset-the-strip = fader pan trim default
find-clear-all-solos = unsolo clear
find-clear-all-mutes = unmute clear
find-play-the-stems-unprocessed = bypass raw dry
find-play-the-reference = rough mix compare a/b
find-play-the-mix-through-the-chosen-master = preview limiter
find-blind-test-of-two-sounds = balances abx a/b compare listening
find-reset-the-meters = peaks overs clear hold
find-pause-the-meters = freeze hold display
find-copy-the-loudness-figures = statistics clipboard lufs
find-next-scale-of-the-meters = ebu +9 +18 full
find-next-slope-of-the-spectrum = tilt octave
find-next-averaging-of-the-spectrum = slow fast
find-meters-in-their-own-window = second screen monitor detach
find-show-the-loop = zoom selection range
find-fit-the-song = zoom whole all
find-zoom-in = closer larger
find-zoom-out = further smaller
find-taller-lanes = height larger waveforms
find-lower-lanes = height smaller waveforms
find-next-snap = grid sections zero crossings magnet
find-next-unit-of-the-ruler = time bars beats samples
find-next-way-to-follow-the-playhead = page scroll
find-group-the-lanes-by-role = fold collapse folder
find-waveforms-after-processing = chain result peaks
find-start-a-section-here = add marker new verse chorus
find-rename-the-section = marker name
find-remove-the-section = marker delete
find-comment-here = note write say client review pin
find-previous-comment = previous note pin
find-next-comment = next note pin
find-play-around-the-comment = loop note pre-roll
find-solo-the-stem-of-the-comment = hear alone note
find-cut-out-the-marked-range = radio edit remove shorten delete time
find-remove-the-cut = restore remove cut undo
find-play-the-join = preview cut crossfade pre-roll
find-move-the-cut-a-beat-earlier = nudge left
find-move-the-cut-a-beat-later = nudge right
find-make-the-marked-range-clean = explicit mute bleep censor region
find-let-the-marked-range-stay-explicit = remove clean region explicit
find-the-first-bar-starts-here = downbeat one grid offset
find-tap-the-tempo = bpm beat
find-find-tempo-and-bars = detect bpm beat downbeat analyse
find-import-lyrics = words srt lrc whisper vtt explicit clean
find-stems = view intake files roles
find-mix = view timeline lanes
find-master = view chain limiter
find-versions = view instrumental radio clean
find-review = view comments notes client
find-deliver = view files masters
find-mixer-strips-or-lanes = faders vertical console layout
find-show-or-hide-the-rack = chain panel bottom
find-show-or-hide-the-loudness-panel = meters right side
find-larger = scale size accessibility text
find-smaller = scale size accessibility text
find-default-size = scale 100 reset
find-next-theme = light dark theme system colours
find-reset-layout = layout default reset arrangement
find-redo = again
find-trims-drive-the-chains = trim gain input before after chain
find-undo = back take
find-history = undo list steps
find-save-as = copy name
find-save = write disk
find-open-a-folder-of-stems = import new session
find-open-a-session = load file
find-open-the-demo-song = example blue sky
find-add-stems = import files
find-song-and-brief = artist isrc key notes facts client title daw
find-import-comments = import notes client review csv json srt mail
find-page-for-the-client = review html browser notes send
find-export-and-pack-for-delivery = zip send stems masters package deliver
find-export-the-masters = render bounce write everything
find-export = deliver render bounce
find-cancel-the-render = stop abort
find-merge-both-copies = merge copies conflict
find-merge-both-copies-keeping-yours = merge copies conflict ours
find-merge-both-copies-keeping-theirs = merge copies conflict
find-files-of-the-song = missing moved changed exported again locate find stems
find-collect-all-files = copy backup archive another machine
find-close-the-session = end
find-quit = exit end
find-search-for-anything = command palette search actions
find-keys = shortcuts sheet keyboard
find-manual = help guide how
find-preferences = settings options audio look folders loudness
find-sound-device = audio output buffer latency
find-show-the-hints-again = first run tips

## Keys of the keyboard

keyboard-alt = Alt
keyboard-cmd = Cmd
keyboard-ctrl = Ctrl
keyboard-end = End
keyboard-home = Home
keyboard-option = Option
keyboard-shift = Shift
keyboard-space = Space

## Menus, and the question for a name

window-open-recent = Open recent
window-name = Name

## The palette that finds everything by words

window-palette-stem = Select {$number} {$stem}
window-find-stem = stem track
window-palette-version = Play {$version}
window-palette-is-version = version
window-find-version = version
window-palette-master = Play through {$master}
window-find-master = master preview target
window-palette-section = Go to {$section}
window-find-section = section marker
window-palette-open = Open {$name}
window-find-recent = recent session
window-palette-is-recent = recent
window-palette-manual = Manual: {$page}
window-palette-is-folder = folder
window-file = file
window-palette-hint = What do you want to do?
window-palette-nothing = No action matches

## The sheet of keys

window-gesture-zoom = Ctrl+wheel, pinch
window-gesture-zoom-does = Zoom the timeline at the pointer
window-gesture-scroll = Shift+wheel
window-gesture-scroll-does = Scroll along the song
window-gesture-fine = Shift+drag
window-gesture-fine-does = Fine adjustment; on the timeline, no snapping
window-gesture-scrub = Alt+drag
window-gesture-scrub-does = Scrub; on a line of automation, bend it
window-gesture-reset = Double-click
window-gesture-reset-does = Reset a control; rename a section
window-gesture-type = Right-click, Enter
window-gesture-type-does = Type a value with its unit; more commands
window-gesture-move = Tab, arrows
window-gesture-move-does = Move between controls; change a value
window-key-elsewhere = {$action}: this key works in Mix and Versions
window-group-pointer = Pointer

## Values of the preferences

window-look-dark = Dark
window-look-light = Light
window-look-system = Match the system
window-ruler-time = Time
window-ruler-bars = Bars
window-ruler-samples = Samples
window-snap-off = Off
window-snap-grid = Grid
window-snap-sections = Sections
window-snap-zero = Zero crossings
window-follow-page = By page
window-follow-centre = Centred
window-follow-off = Off
window-scale-full = Full scale
window-slope-flat = Flat
window-slope-three = 3 dB an octave
window-slope-four-and-a-half = 4.5 dB an octave
window-averaging-fast = Fast
window-averaging-slow = Slow
window-averaging-forever = Since reset

## The page of preferences

window-preferences-sound = Sound
window-preferences-automatic = Automatic
window-preferences-device = {$system}, {$frames} frames
window-preferences-folders = Folders
window-preferences-stems-folder = Stems: {$folder}
window-preferences-stems-anywhere = Stems: the folder that the system proposes
window-choose = Choose…
window-forget = Clear
window-preferences-keep-copies = Keep copies of stems, to compare with new exports
window-preferences-keep-copies-where = Up to 8 GB in your cache folder, as long as 20 GB stay free
window-preferences-look = Appearance
window-preferences-language = Language
window-preferences-translate = Translate…
window-preferences-translate-hint = Opens the folder of translations. Copy en.ftl to a file by the name of your language, such as de.ftl, translate it, and start Stemwright again.
window-preferences-theme = Theme
window-preferences-size = Size
window-preferences-movement = Motion
window-preferences-reduced = Reduced
window-preferences-ruler = Ruler
window-preferences-snap = Snap
window-preferences-follow = Follow the playhead
window-preferences-meters = Meters
window-preferences-scale = Scale
window-preferences-slope = Spectrum slope
window-preferences-averaging = Spectrum averaging
window-preferences-loudness = Loudness in new sessions
window-preferences-loudness-of = {$master} loudness
window-preferences-ceiling-of = {$master} ceiling
window-preferences-usual = Default

## The top bar

window-what-it-is = Stem mixing and mastering
window-song-revision = v{$revision}
window-song-bits = {$bits}-bit
window-song-stems = { $count ->
    [one] {$count} stem
   *[other] {$count} stems
 }
window-song-unsaved = not saved
window-session-menu = Session menu
window-pause = Pause
window-loop = Loop
window-before-bar-one = before bar 1
window-bar = bar {$bar}.{$beat}
window-monitor-mix = Mix
window-monitor-bypass = Bypass
window-monitor-reference = Reference
window-file-turned = file, {$gain} dB
window-level-matched = level-matched
window-export-key = Ctrl+E
window-version = Version

## The manual

manual-first-steps = First steps
manual-stems = Stems
manual-mix = Mix
manual-master = Master
manual-versions = Versions
manual-review = Review
manual-deliver = Deliver
manual-meters = Meters
window-search-manual = Search the manual

## Hints of the first session

window-hint-play = Play, and move a fader
window-hint-play-how = Space plays. Every control is dragged, turned by the wheel, or typed into with a right-click; Shift is fine, a double-click resets.
window-hint-find = Ctrl+K finds everything
window-hint-find-how = Type what you want to do. The list says which key does it the next time; ? shows all of them.
window-hint-export = One click makes every file
window-hint-export-how = Export renders each version in each master, reads the files back and says what it measured.
window-hint-next = Next hint
window-done = Done
window-hint-no-more = No more hints
window-hint-of = {$number} of {$count}

## Values that are typed

window-reset-to = Reset to {$value}

## Mix view: automation on a lane

mix-fader = Fader
mix-pan = Pan
mix-automation-line = { $count ->
    [one] Automation {$value} {$stem}, {$count} point
   *[other] Automation {$value} {$stem}, {$count} points
 }
mix-automation-choice = Line of {$stem}
mix-automation-point-value = Value of the point
mix-automation-straight = Straight line
mix-automation-remove-point = Delete the point
mix-automation-remove-line = Delete the whole line

## Mix view: page Balances of the rack, and the blind test

mix-balance-empty = empty
mix-balance-kept = stored
mix-balance-card = Balance {$letter}, {$name}
mix-balance-click = Click to store
mix-balance-name = Name of balance {$letter}
mix-balance-keep = Store the current mix here
mix-balance-forget = Clear
mix-balance-now = Current mix
mix-balance-reference = Reference
mix-balance-crossfade = Crossfade
mix-balance-first = First balance
mix-balance-second = Second balance
mix-balance-choose-two = Choose two stored balances to fade between
mix-blind-begin = Blind test
mix-blind-hint = at equal loudness, and you say which is which
mix-blind-needs-two = needs two that differ
mix-balance-fade = Fade between balances
mix-blind-question = 1 is {$one}, 2 is {$two}. Which is X?
mix-blind-measuring = Measuring both…
mix-blind-play-one = Play 1
mix-blind-play-two = Play 2
mix-blind-play-x = Play X
mix-blind-x-is-one = X is 1
mix-blind-x-is-two = X is 2
mix-blind-right = {$right} of {$trials} right; by guessing {$percent} %
mix-blind-answers = { $count ->
    [one] {$count} answer so far
   *[other] {$count} answers so far
 }
mix-blind-reveal = Reveal
mix-blind-end = End the test

## Mix view: cuts over the lanes

mix-fade = fade {$seconds} s
mix-cut-band = {$version} cut · {$seconds} s · xfade {$milliseconds} ms
mix-cut-narrow-band = cut · {$seconds} s
mix-cut = Cut {$number} from {$from} to {$to}
mix-cut-start = Start of cut {$number}
mix-cut-end = End of cut {$number}
mix-cut-hint = Click to choose, drag to move, double-click to play the join
mix-cut-play-join = Play the join
mix-cut-crossfade = Crossfade: {$milliseconds} ms
mix-cut-tails = Tails ringing across
mix-cut-no-tails = none
mix-cut-put-back = Remove the cut

## Mix view: groups of lanes

mix-group-folded = { $count ->
    [one] {$role}, {$count} stem, folded
   *[other] {$role}, {$count} stems, folded
 }
mix-group-open = { $count ->
    [one] {$role}, {$count} stem, open
   *[other] {$role}, {$count} stems, open
 }
mix-mute-letter = M
mix-mute-all = Mute all {$role}
mix-solo-letter = S
mix-solo-all = Solo all {$role}

## Mix view: headers of the lanes

mix-stem = Stem {$stem}
mix-fader-of = Fader {$stem}
mix-pan-of = Pan {$stem}
mix-meter = Meter {$stem}: peak {$peak} dB, highest {$highest}, RMS {$rms}, reduction {$reduction}, {$overs} over
mix-meter-hint = {$meter}. Click to reset
mix-mute-of = Mute {$stem}
mix-solo-of = Solo {$stem}
mix-lower-edge = Lower edge of {$stem}
mix-mute = Mute
mix-solo = Solo
mix-solo-safe = Solo-safe
mix-inverted = Inverted
mix-automation = Automation
mix-role = Role
mix-solo-only = Solo this, nothing else
mix-reset-the-strip = Reset the strip
mix-usual-height = Usual height
mix-automation-of = Automation {$stem}
mix-automation-letter = A

## Mix view: lanes

mix-timeline = Timeline
mix-lane-reading = reading
mix-lane-clean = clean: {$treatment}

## Mix view: page Masking of the rack

mix-masking-listening = Listening to all stems…
mix-masking-none = No other stem masks it for long
mix-masking-covers = {$stem} masks {$low} to {$high} Hz for {$percent} % of the time, by {$decibels} dB
mix-masking-stop = Stop {$number}
mix-masking-play = Play {$number}
mix-masking-hint = A dynamic cut in the other stem while this one sounds
mix-masking-take = Apply {$number}
mix-masking-taken = {$stem} now has a dynamic EQ that makes room

## Mix view: overview and state under the lanes

mix-overview = Overview of the song
mix-status-opening = { $count ->
    [one] opening {$count} stem
   *[other] opening {$count} stems
 }
mix-status-interrupted = { $count ->
    [one] sound interrupted once
   *[other] sound interrupted {$count} times
 }
mix-status-lost = { $count ->
    [one] {$lost} of {$count} stem missing or not whole
   *[other] {$lost} of {$count} stems missing or not whole
 }
mix-status-being-checked = { $count ->
    [one] {$count} stem · being checked
   *[other] {$count} stems · being checked
 }
mix-status-to-check = { $count ->
    [one] {$count} stem
   *[other] {$count} stems
 } · { $findings ->
    [one] {$findings} finding to check
   *[other] {$findings} findings to check
 }
mix-status-short = { $short ->
    [one] {$short} of {$count} stems ends early
   *[other] {$short} of {$count} stems end early
 }
mix-status-one-length = { $count ->
    [one] {$count} stem
   *[other] {$count} stems of one length
 }
mix-status-aligned = { $count ->
    [one] {$count} stem aligned · null test {$decibels} dB
   *[other] {$count} stems aligned · null test {$decibels} dB
 }
mix-status-null-test = { $count ->
    [one] {$count} stem · null test {$decibels} dB
   *[other] {$count} stems · null test {$decibels} dB
 }

## Mix view: mixer

mix-mixer-strip = Strip {$stem}
mix-long-meter = Meter {$stem}: peak {$peak} dB, highest {$highest}, {$overs} over
mix-meter-overs = {$count} over
mix-meter-of-output = output
mix-output = Output

## Mix view: what divides it

mix-rack-height = Height of the rack

## Mix view: rack and page Strip

mix-rack-chain = Chain
mix-rack-strip = Strip
mix-rack-masking = Masking
mix-rack-balances = Balances
mix-reset-strip = Reset strip
mix-input = Input
mix-trim-of = Trim {$stem}
mix-trim = Trim
mix-inverted-of = Polarity inverted {$stem}
mix-trim-after-chain = Trim after the chain
mix-trim-after-chain-hint = As in earlier versions. Off, trims set the level into the chains
mix-after-chain = After chain
mix-stereo = Stereo
mix-position-of = Position {$stem}
mix-stereo-balance = Balance
mix-width-of = Width {$stem}
mix-width = Width
mix-law = Law
mix-pan-law = Pan law
mix-solo-listening = Solo, for listening only
mix-solo-listening-of = Solo, for listening only {$stem}
mix-solo-safe-of = Solo-safe {$stem}
mix-clean-regions = Clean regions
mix-clean-none = None: the clean version equals the full mix here
mix-clean-span = {$from} to {$to}

## Mix view: marked range

mix-range = Marked range, {$length}
mix-range-cut = Cut
mix-range-cut-hint = U: cuts it out of the version
mix-range-clean = Clean
mix-range-clean-hint = K: makes it clean on the selected stem
mix-range-loop = Loop
mix-range-comment = Comment
mix-range-remove = Clears the marked range
mix-range-length = {$seconds} s · {$bars} bars

## Mix view: ruler

mix-ruler = Timeline ruler
mix-ruler-unit = Ruler
mix-snap = Snap: {$to}
mix-follow = Follow: {$how}
mix-processed = Waveforms after processing
mix-grouped = Lanes grouped by role

## Mix view: sections

mix-section = Section {$name} at {$start}
mix-section-loop = Loop it
mix-section-begin = Start a section at the playhead
mix-section-name = Section name
mix-section-start = Start of section {$number}

## Length of the version that is heard

mix-length-goal = {$version} {$length} · goal {$goal} ({$off} s)

## Selection, colours and the fader of the mix
mix-name-of = Name of { $stem }
mix-colour = Colour
mix-colour-of-role = By role
mix-remove-stem = Remove from the song
mix-remove-stem-hint = The file stays where it is
mix-more-above = { $count } more above
mix-more-below = { $count } more below
mix-fader-of-mix = Fader of the mix
mix-the-mix = Mix
mix-loop-begins = Beginning of the marked range
mix-loop-ends = End of the marked range
chain-limiter = Limiter
chain-limiter-of = of { $master }, after the gain that meets its target
chain-limiter-measuring = Measuring…
chain-limiter-taken = Limiter taken away
chain-limiter-taken-hint = Play only what the chosen master takes away, after its gain
chain-limiter-none = The chosen master has no limiter
chain-limiter-ceiling = Ceiling
chain-limiter-ceiling-at = ceiling { $ceiling } dBTP
chain-limiter-input = short-term in
chain-limiter-output = short-term out
chain-limiter-reduction = reduction, from above
chain-limiter-most = Deepest
chain-limiter-mean = Average while limiting
chain-limiter-share = Share of time
chain-bands-threshold = Threshold of band { $band }
chain-bands-crossover = Crossover { $number }
chain-bands-picture = Bands of the multiband compressor, click chooses one
chain-mix-fader = Mix fader

## The Stems view

stems-title = Stems
stems-fix = { $count ->
    [one] Fix {$fixed} of {$count} fault
   *[other] Fix {$fixed} of {$count} faults
 }
stems-fix-hint = Aligns, inverts and removes DC where that was found; Undo takes it back
stems-report = Report for the sender…
stems-report-hint = A page that says in plain words what to export again
stems-add-files = Add files…
stems-files-format = {$rate}, {$bits}-bit
stems-files = { $count ->
    [one] {$count} file, {$format}, {$length}
   *[other] {$count} files, {$format}, {$length}
 }
stems-files-being-checked = {$files} · being checked
stems-files-nothing-to-check = {$files} · nothing to check
stems-files-to-check = {$files} · {$count} to check
stems-reference-louder = {$by} LU louder than the mix
stems-reference-quieter = {$by} LU quieter than the mix
stems-reference-as-loud = as loud as the mix
stems-reference-for-comparison = for comparison
stems-left-out = { $count ->
    [one] {$count} file was left out: {$files}
   *[other] {$count} files were left out: {$files}
 }
stems-left-out-dismiss = Dismiss

## The selected stem, at the right of the Stems view

stems-reference = Reference
stems-make-it-a-stem = Make it a stem
stems-all-together = All together
stems-files-stay = The files themselves are never changed: fixes are kept in the session, or written as new files.
stems-write-copies = Write fixed copies…
stems-write-copies-hint = Writes every stem anew: aligned, of one length and rate, with standard names
stems-findings = { $count ->
    [one] {$count} finding
   *[other] {$count} findings
 }
stems-file = File
stems-make-reference = Make reference
stems-make-reference-hint = Uses this file as the reference instead
stems-remove-hint = Removes the stem from the song; its file stays
stems-ignored = {$count} ignored
stems-show-ignored = Show ignored
stems-fact-format = Format
stems-fact-bits-used = Bits used
stems-fact-length = Length
stems-fact-converted-to = Converted to
stems-fact-time-stamp = Time stamp
stems-peak = Peak
stems-loudness = Loudness
stems-fact-sound-begins = Sound begins
stems-loops-over = Loops over {$place}
stems-play-both = Play both
stems-play-both-hint = Loops over the stem together with the reference, without the other stems
stems-ignore = Ignore
stems-ignore-hint = Leaves it out of the count; “Show ignored” lists it again

## The null test of the Stems view

stems-null-test = Null test
stems-null-legend-both = orange: residual against the reference, in dB · green: with every stem in its place
stems-null-legend = residual against the reference, in dB
stems-null-remains-at = {$level} dB of the reference is left, with the stems turned by {$gain} dB to match.
stems-null-remains = {$level} dB of the reference is left.
stems-null-all-left = All of the reference is left: the stems as they came cancel none of it.
stems-null-original = Original
stems-null-fixed = Fixed
stems-null-play = Play what is left of the reference
stems-null-left = What is left
stems-null-left-fixed = What is left, fixed
stems-null-fitted = With every stem in its place: {$level} dB.
stems-null-all-under = all stems under {$level} dB
stems-null-others-under = all others under {$level} dB
stems-null-by-stem = By stem: {$stems}
stems-null-over-time = Residual over time, most at {$time}: {$level} dB
stems-null-here = {$time}: {$level}, in its place {$fitted}

## Pictures of faults in the Stems view

stems-picture-both = {$stem} above, reference below, at {$time}
stems-picture-samples = {$length} ms from {$time}

## The table of the stems

stems-name = Name
stems-role = Role
stems-waveform = Waveform
stems-state = State
stems-bits-float = {$bits}-bit float
stems-bits-used = {$bits}-bit, {$used} used
stems-bits = {$bits}-bit
stems-file-mono = {$bits} · mono
stems-file-stereo = {$bits} · stereo
stems-being-checked = being checked
stems-starts-at = starts at {$time}
stems-aligned = aligned
stems-ready = ready
stems-reference-state = Reference: {$state}
stems-reference-apart = not part of the sum

## Findings in a word or two

stems-short-late = {$count} samples late
stems-short-early = {$count} samples early
stems-short-missing = missing
stems-short-cannot-be-read = unreadable
stems-short-cut-off = cut off
stems-short-damaged = damaged
stems-short-invalid-samples = invalid samples
stems-short-not-aligned = not aligned
stems-short-another-length = different length
stems-short-another-rate = different rate
stems-short-wrong-rate-in-the-file = wrong rate in the file
stems-short-upsampled = upsampled
stems-short-fewer-bits-used = fewer bits used
stems-short-dithered = dithered
stems-short-over-full-scale = over full scale
stems-short-clipped = clipped
stems-short-limited = limited
stems-short-no-headroom = no headroom
stems-short-constant-offset-dc = constant offset (DC)
stems-short-silent = silent
stems-short-very-quiet = very quiet
stems-short-mostly-silent = mostly silent
stems-short-dropout = dropout
stems-short-stuck-samples = stuck samples
stems-short-possible-click = possible click
stems-short-polarity-inverted = polarity inverted
stems-short-mono-in-stereo = mono in stereo
stems-short-stereo-by-delay = stereo by delay
stems-short-one-channel-silent = one channel silent
stems-short-mono = mono
stems-short-from-a-lossy-file = from a lossy file
stems-short-pumping = pumping
stems-short-another-level = different level
stems-short-name = check the name
stems-short-role = no role
stems-short-same-as-another = duplicate
stems-short-a-group-is-missing = a group is missing
stems-short-one-too-many = too many stems
stems-short-no-reference = no reference
stems-short-differs-from-the-reference = differs from the reference

## The Versions view

versions-title = Versions
versions-hint = what is in each; click a cell to take a stem in or out, drag in it for a level
versions-cell = {$stem} in {$version}
versions-play = Play {$version}
versions-length-of-goal = {$length} of {$goal}
versions-words-decided = { $count ->
    [one] {$decided} of {$count} word
   *[other] {$decided} of {$count} words
 }
versions-clean = clean
versions-clean-joins = { $count ->
    [one] clean, {$count} join
   *[other] clean, {$count} joins
 }
versions-joins = { $count ->
    [one] {$count} join
   *[other] {$count} joins
 }
versions-fades-out = fades out
versions-own-levels = own levels
versions-everything = everything
versions-stems-held = { $count ->
    [one] {$held} of {$count} stem
   *[other] {$held} of {$count} stems
 }
versions-by-hand = by hand

## Menus for versions

versions-add = Add a version…
versions-add-empty = Empty version
versions-from-template = From a template
versions-save-template = Save these versions as a template…
versions-build-on = New version that builds on it
versions-builds-on = Builds on
versions-goes-to = Goes to
versions-rename = Rename the version
versions-rename-explained = The name is part of the names of its files.
versions-template = Save as a template
versions-template-explained = Rules, levels by role and goals; no cuts.
versions-name-field = Name of the version or template

## A cell of the Versions view

versions-cell-out = Out
versions-cell-in = In, as in the mix
versions-cell-level = Level of {$cell}
versions-cell-muted = muted

## The lyrics of the Versions view

versions-play-from = Play from {$time}
versions-word-open = {$word}, not decided
versions-word-confirmed = {$word}, confirmed
versions-word-kept = {$word}, kept
versions-word-unsure = {$times}, timing uncertain
versions-keep-word = Keep word
versions-confirm = Confirm
versions-treatment = Replace words by: {$treatment}

## The edit map of the Versions view

versions-map = Edit map of {$version}, {$count} parts
versions-map-song = The song
versions-map-result = Result
versions-no-cut = No cuts yet: mark a range in Mix and press U, or find edits below.
versions-length-of-song = {$length} of {$whole}
versions-goal = goal {$goal} ({$off} s)
versions-as-long-as-the-song = as long as the song
versions-play-joins = Play joins
versions-join-word = a word is sung across the cut
versions-join-level = the level jumps by {$by} dB
versions-join-spectrum = spectrum differs by {$by} dB
versions-join-by-hand = made by hand
versions-join-inaudible = inaudible
versions-join-smooth = smooth
versions-join-audible = audible
versions-join = Join {$number}: {$times} {$grade}
versions-join-beat-later = +1 beat
versions-join-beat-earlier = −1 beat
versions-join-cut = {$seconds} s cut
versions-cut-in-all = {$seconds} s cut in all; the result is {$length} long

## The length of a version

versions-tempo = Tempo
versions-beats-suffix = {" "}beats a bar
versions-beats = Beats in a bar
versions-first-bar-prefix = first bar{" "}
versions-first-bar = Start of the first bar
versions-bars = {$count} bars with lengths of their own
versions-length = Length
versions-length-example = m:ss
versions-length-wanted = Wanted length
versions-tolerance = Length tolerance
versions-find-edits = Find edits
versions-must-stay = Keep
versions-let-go = No longer keep it
versions-marked-range = The marked range
versions-section = A section
versions-edits-for = Edits for {$version}
versions-take-hint = Apply it; Undo reverts it
versions-cut-hint = Play the join. It costs {$cost}; the spectrum jumps {$spectrum} dB, the level {$level} dB
versions-cut = Cut {$times}
versions-fade-from = fade from {$time}
versions-nothing-found = Nothing found

## Lyrics and explicit words of the clean version

versions-clean-title = Clean
versions-explicit = { $count ->
    [one] {$count} explicit word, {$decided} decided, {$open} to confirm
   *[other] {$count} explicit words, {$decided} decided, {$open} to confirm
 }
versions-no-lyrics = no lyrics yet
versions-regions-no-lyrics = { $count ->
    [one] {$count} clean region, no lyrics yet
   *[other] {$count} clean regions, no lyrics yet
 }
versions-import-lyrics = Import lyrics…
versions-export-lyrics = Export…
versions-lyrics-hint = Whisper JSON, SRT, WebVTT or LRC with times. Explicit words are found by a list; you confirm or keep each of them.
versions-confirm-all = Confirm all {$count}
versions-language = Language, {$language}
versions-more-words-hint = word or !word
versions-more-words-about = Adds an explicit word to the list of this song; with ! before it, a word that is never explicit
versions-more-words = One more explicit word

## The spectra behind the large equaliser of the mix

chain-against-above-or-below = mix above or below the reference, equally loud
chain-against-mix = Mix
chain-against-reference = Reference
chain-against-difference = Difference
chain-against-no-reference = There is no reference yet: drop one here
chain-against-at = {$frequency} Hz: mix {$gain} dB against the reference

## The card of a processor

chain-short-threshold = Thresh
chain-short-frequency = Freq
chain-short-key-high-pass = Key HP
chain-short-key-low-pass = Key LP
chain-processor-on = {$processor} on
chain-switch = Switch on and off
chain-processor-more-or-less = {$processor}, more or less
chain-processor-hint = Click for all its values, right-click to move or remove it
chain-processor-compare = {$processor} compare
chain-compare-hint = Play the sound before it, as loud as after it
chain-processor-taken = {$processor} taken away
chain-taken-hint = Play only what it takes away
chain-move-earlier = Earlier
chain-move-later = Later
chain-value = {$processor} {$value}
chain-pan-of = Rack pan {$stem}
chain-pan = Pan
chain-balance = Balance
chain-key-itself = Itself
chain-key = Listens to
chain-match = Match {$gain} LU
chain-match-hint = Make-up so that it is as loud as before

## The equaliser

chain-equaliser-curve = Equaliser curve, double-click adds a band
chain-equaliser-linear-phase = Linear phase
chain-equaliser-flat = Flat
chain-band-number = Band { $number }
chain-band = EQ band {$number}, {$values}
chain-band-frequency = Frequency of the band
chain-band-gain = Gain of the band
chain-band-q = Q of the band
chain-band-shape = Shape
chain-band-slope = Slope
chain-band-works-on = Works on
chain-band-switch-off = Switch off
chain-band-switch-on = Switch on
chain-play-everything = Play everything
chain-play-band-alone = Play this band alone
chain-equaliser-empty = double-click adds a band
chain-band-linear-phase = {$values} · linear phase
chain-band-left = {$values} · left
chain-band-right = {$values} · right
chain-band-mid = {$values} · mid
chain-band-side = {$values} · side
chain-band-shape-of = Shape of the band

## The commands of a chain

chain-reset = Reset chain
chain-copy-the-chain-to = Copy the chain to
chain-copy-to = Copy to
chain-add-a-processor = Add a processor

## The pictures of processors

chain-picture-reduction = reduction, 18 dB
chain-picture-width = width, 20 Hz to 20 kHz

## The presets of chains

chain-preset-save = Save as a preset…
chain-preset = Preset
chain-presets = Presets
chain-preset-save-heading = Save as a preset
chain-preset-name = Name of the preset

## The chain as a strip of small cards

chain-processor-number-on = {$processor} {$number} on
chain-off = off
chain-bands = { $count ->
    [one] {$count} band
   *[other] {$count} bands
 }

## The details of a master

master-limiter-of = {$master} limiter
master-limiter = Limiter
master-clipper-of = {$master} clipper
master-clipper = Clipper
master-dither = Dither
master-dither-of = {$master} dither
master-alternates = Instrumental and other parts
master-alternates-of = {$master} instrumental and other parts
master-most-reduction-of = {$master} Most reduction
master-most-reduction-short = Limit to
master-look-ahead-of = {$master} Look-ahead
master-look-ahead = Look-ahead
master-release-of = {$master} Release
master-release = Release

## Loudness and limiting over the song

master-over-song-words = Loudness over the song, at most {$loudness} LUFS
master-over-song-at = {$time}: {$loudness} LUFS, limiter {$gain} dB

## The table of the masters

master-column-master = Master
master-column-target = Target
master-column-ceiling = Ceiling
master-column-gain = Gain
master-column-limiting = Limiting
master-line = {$master}, gain {$gain} dB, limiting {$limiting}
master-closes-details = Closes the details
master-opens-details = Opens look-ahead, release, dither and more
master-drag-or-type = Drag, or click to type
master-target-of = {$master} target
master-ceiling-of = {$master} ceiling
master-as-it-is = as it is
master-play-through = Play through {$master}
master-limiting-none = none

## The Master view

master-chain = Master chain
master-chain-bypass = level-matched bypass: B
master-over-song = Loudness and limiting over the song
master-over-song-explained = short-term, by section, reduction from above
master-masters = Masters
master-masters-explained = one chain; each file meets its own target

## The window of the meters

meters-window = {$song}, meters

## The bars of the meters

meters-bar-momentary = M
meters-bar-short-term = S
meters-bar-left = L
meters-bar-right = R
meters-levels-missed = Levels: true peak {$peak} dBTP, highest sample {$highest} dB, {$count} over. The computer was too busy to measure {$seconds} s
meters-levels = Levels: true peak {$peak} dBTP, highest sample {$highest} dB, {$count} over
meters-overs = {$count} over
meters-levels-hint = {$levels}. Click to reset

## The stereo field

meters-correlation = Correlation

## The meters in a window of their own

meters-all = All meters
meters-mix = Mix
meters-integrated = Integrated, {$heard}
meters-psr = PSR

## The menu of the meters

meters-menu = Meters
meters-paused = paused
meters-menu-hint = Scale, pause, reset, copy
meters-scale = Scale
meters-slope = Slope: {$slope}
meters-averaging = Averaging: {$averaging}

## The loudness panel

meters-panel-width = Width of the loudness panel
meters-loudness = Loudness
meters-over-song = Short-term over the song
meters-stereo-field = Stereo field
meters-spectrum = Spectrum, middle and sides
meters-play-the-mix = Play the mix without a master
meters-play-the-master = Play the master
meters-master-is-heard = The master is heard. Click to choose
meters-mix-is-heard = The mix is heard. Click to choose
meters-on-target = on target
meters-off-target = {$gain} LU off
meters-measuring = measuring
meters-short-term = Short-term
meters-momentary = Momentary
meters-short-term-highest = Short-term, highest
meters-momentary-highest = Momentary, highest
meters-range = Range
meters-true-peak = True peak
meters-plr = PLR

## The Deliver view: versions by masters

deliver-heading = Versions × masters
deliver-heading-hint = Every cell is one file. Click a row, a column or a cell to include it. All files are read back and measured after writing.
deliver-target-vinyl = {$loudness} LUFS · mono below {$frequency} Hz
deliver-as-it-is = as it is
deliver-files-of = Files of {$master}
deliver-rate-of-session = rate of the session
deliver-row-without-muted = without {$numbers} (muted)
deliver-row-and-muted = {$content}, {$numbers} muted
deliver-row-cut = cut {$start}–{$end}
deliver-row-cuts = cut {$start}–{$end} and {$count} more
deliver-row-clean = { $count ->
    [0] no clean region
    [one] {$count} clean region
   *[other] {$count} clean regions
 }
deliver-row-all = all stems
deliver-row-none = no stem
deliver-row-without = without {$numbers}
deliver-row-only = {$numbers} only
deliver-files = { $count ->
    [one] {$count} file
   *[other] {$count} files
 }
deliver-nothing-overwritten = Nothing is overwritten
deliver-done = Done
deliver-cancelled = Cancelled
deliver-cancelled-files = Finished files are kept
deliver-cancelled-package = Nothing of the package is left
deliver-failed = Not made
deliver-rendering-number = Rendering {$number} of {$count}
deliver-speed-left = {$speed}× real time · {$seconds} s left
deliver-speed = {$speed}× real time
deliver-pack = Pack for delivery
deliver-export = Export
deliver-export-package-hint = Masters and all that goes with them, as one package
deliver-export-masters-hint = The masters alone, into a folder of this revision
deliver-open-folder = Open folder

## A cell of the Deliver view

deliver-cell-in-archive = {$file} is in the archive; unpack that to hear it
deliver-cell-not-included = not included
deliver-cell-waiting = Waiting
deliver-cell-predicted-loudness = predicted {$loudness} LUFS
deliver-cell-target-loudness = target {$loudness} LUFS
deliver-cell-predicted = predicted
deliver-cell-target = target
deliver-cell-stop-playing = Stop playing the file
deliver-cell-play = Play the file
deliver-cell-compare = Compare with the mix, level-matched
deliver-cell-show = Show in its folder
deliver-cell-leave-out = Leave it out of the next export
deliver-cell-rendering = Rendering
deliver-cell-pass = {$step}, pass {$pass}
deliver-cell-facts = {$peak} dBTP · LRA {$range}
deliver-cell-playing = playing
deliver-cell-heard = heard
deliver-cell-made-before = made before
deliver-cell-before-change = made before the last change
deliver-cell-limiting = limiting {$limiting} dB
deliver-cell-verified = verified
deliver-cell-verified-with-note = verified, with a note
deliver-cell-needs-look = Needs a look

## Contents of the package, and the page of the stem export

deliver-also-include = Also include
deliver-include-notes = { $count ->
    [0] Review notes
   *[other] Review notes, {$count} open
 }
deliver-include-reference = Reference mix
deliver-include-no-reference = Reference mix; the session has none
deliver-include-stems = Stems, {$depth}, same start and length
deliver-include-sheet = Session sheet (PDF and text)
deliver-include-page = Review page for the client
deliver-include-checksums = Checksums
deliver-stem-export = Stem export
deliver-stem-export-changed = {$name}, changed
deliver-stem-export-change = Change…
deliver-package = Package
deliver-package-parts = Zip, parts under {$size} MB
deliver-stem-files = Files
deliver-stem-bits = Bits
deliver-stem-pattern = Name pattern
deliver-stem-examples = Examples
deliver-stem-name = Name
deliver-stem-hint = At the session's rate, without dither and before the mix's own chain.
deliver-stem-keep = Keep for other songs
deliver-stem-first-names = { $count ->
    [one] {$names}; {$count} file
   *[other] {$names}; {$count} files
 }

## The panel of the package

deliver-panel = Delivery
deliver-checks = Checks before you send
deliver-song-and-brief = Song and brief…
deliver-folder = Folder
deliver-folder-open = Open the folder of {$place}
deliver-folder-hint = {$place}
    Click to open its folder
deliver-folder-choose = Choose…
deliver-file-names = File names
deliver-revision = Revision
deliver-example = Example
deliver-example-next = Example · v{$made} was made; next: v{$revision}

## The question before an export

deliver-before-heading = Before the export
deliver-before-missing = { $count ->
    [one] A stem is missing: {$stems}
   *[other] Stems are missing: {$stems}
 }
deliver-before-missing-hint = Every file that should hold them says so, and none of these is verified.
deliver-before-anyway = Export anyway
deliver-before-find = Find them…

## The page "Files of the song"

song-files-of = File of {$stem}: {$state}
song-files-heading = Files of the song
song-files-same = Every file is in its place and unchanged.
song-files-hint = The song plays with the files that are there. Nothing here changes a file.
song-files-use-all = Use all new files
song-files-alone-hint = Without the other stems
song-files-alone-louder = Alone · new {$difference} dB louder, matched
song-files-alone-quieter = Alone · new {$difference} dB quieter, matched
song-files-alone = Alone
song-files-look-in-folder = Look in folder…
song-files-use-new = Use new file
song-files-locate = Locate…
song-files-use-old = Use old file
song-files-use-old-hint = From the copy that is kept of it
song-files-play-new = Play new
song-files-play-old = old
song-files-put-back = Put back
song-files-leave-silent = Leave silent
song-files-new-taken = new file in use
song-files-again-same = exported again, same length
song-files-again-rate = exported again, same length, {$before} → {$after}
song-files-again-length = exported again, {$old} → {$new}
song-files-again-both = exported again, {$old} → {$new}, {$before} → {$after}
song-files-again = exported again
song-files-missing-silent = missing, left silent
song-files-missing-candidate = missing; a file of that name is at {$place}
song-files-cut-off = cut off, or still on its way

## The page "Song and brief"

song-page-heading = Song and brief
song-page-find-hint = Analyses the stems; a key that you set is kept
song-page-find = Find tempo, meter and key
song-page-song = Song
song-page-title = Title
song-page-artist = Artist
song-page-tempo-and-meter = Tempo and meter
song-page-tempo-not-known = not known
song-page-tempo = Tempo
song-page-beats = Beats in a bar
song-page-note = Beat unit
song-page-key = Key
song-page-key-hint = A minor; found with the tempo
song-page-daw = DAW
song-page-daw-hint = the program the stems come from
song-page-brief = Brief
song-page-codes = ISRC, one for every version
song-page-not-a-code = not an ISRC
song-page-notes = Notes on the stems

## Questions about the session's file

song-leave-save = Save the changes?
song-leave-stop = Stop the render?
song-leave-unsaved = {$song} has unsaved changes.
song-leave-rendering = Masters are being rendered. Finished files are kept.
song-leave-packing = A package is being made. Nothing of an unfinished package is kept.
song-leave-stop-it = Stop the render
song-leave-waits = Close what is open first; then the window asks whether to save
song-leave-do-not-save = Don’t save
song-elsewhere-heading = This session is open in another window
song-elsewhere-where = It is open {$place}.
song-elsewhere-hint = If you take over, this window can edit and the other becomes read-only. Its unsaved work is offered here.
song-elsewhere-only-read = Open read-only
song-elsewhere-copy = Open a copy
song-elsewhere-take-over = Take over
song-recovery-heading = Unsaved work found
song-recovery-text = Stemwright closed before the last changes were saved. They were put aside.
song-recovery-discard = Discard
song-path-hint = This system shows no file dialog (no desktop portal, no zenity). Type the path:
song-path = Path
song-dropped-heading = What is in {$files}?
song-dropped-comments = Comments
song-dropped-lyrics = Lyrics

## A path that was typed

song-path-no-such-place = {$path} does not exist

## The page of the sound device

song-device-heading = Sound device
song-device-looking = Looking for devices…
song-device-look-again = Look again
song-device-automatic = Automatic
song-device-system = Sound system
song-device-own-choice = System default
song-device-not-there = Not connected
song-device-device = Device
song-device-session-rate = The session's
song-device-rate = Rate
song-device-frames = { $count ->
    [one] {$count} frame
   *[other] {$count} frames
 }
song-device-buffer = Buffer
song-device-pair = {$first} and {$second}
song-device-channels = Channels
song-device-not-open = Opens when you first press play. Everything except listening works without a device.
song-device-open-buffer = {$name} at {$rate}, {$channels} channels, {$frames} frames
song-device-open = {$name} at {$rate}, {$channels} channels
song-device-instead = Playing here instead of the chosen device, which is not connected.
song-device-load = { $count ->
    [one] Load {$load} %, {$worst} % at worst. {$count} dropout
   *[other] Load {$load} %, {$worst} % at worst. {$count} dropouts
 }

## Files that are held over the window

song-drop-open = { $count ->
    [one] Open {$file}
   *[other] Open {$count} files
 }
song-drop-stems = { $count ->
    [one] Add {$count} stem to the mix
   *[other] Add {$count} stems to the mix
 }
song-drop-references = { $count ->
    [one] Add {$count} reference
   *[other] Add {$count} references
 }
song-drop-lyrics = { $count ->
    [one] Import lyrics from {$file}
   *[other] Import lyrics from {$count} files
 }
song-drop-comments = { $count ->
    [one] Import comments from {$file}
   *[other] Import comments from {$count} files
 }
song-drop-presets = { $count ->
    [one] Add {$count} preset
   *[other] Add {$count} presets
 }
song-drop-ask = { $count ->
    [one] Import {$file} as lyrics or as comments
   *[other] Import {$count} files as lyrics or as comments
 }
song-drop-asked = Close what is open first, then drop the files
song-drop-nothing = { $count ->
    [one] {$file} has no place here
   *[other] {$count} files have no place here
 }

## The start page

song-start-opening = Opening…
song-start-drop = Drop a folder of stems here
song-start-drop-hint = WAV, AIFF, FLAC and others; a rough mix beside them becomes the reference
song-start-folder = Open a folder…
song-start-session = Open a session…
song-start-demo = Play the demo song

## The History window

song-history = History
song-history-opened = As it was opened
song-history-earlier = Earlier steps

## Messages

song-unsaved-work = Unsaved work: {$error}
song-close-message = Close the message

## Dates in the window

when-day = { $month ->
    [1] {$day} January
    [2] {$day} February
    [3] {$day} March
    [4] {$day} April
    [5] {$day} May
    [6] {$day} June
    [7] {$day} July
    [8] {$day} August
    [9] {$day} September
    [10] {$day} October
    [11] {$day} November
   *[other] {$day} December
 }

## The Review view: its pages

review-page-comment = Comment
review-page-rounds = Rounds…
review-page-client = Page…
review-page-files = Files…
review-page-revisions = Revisions
review-page-references = References…
review-page-brief = Brief…

## The Review view: its heading, and words of all its pages

review-round-of = Round {$round} of {$agreed}
review-no-comment = no comment yet
review-comments-settled = { $count ->
    [one] {$count} comment, {$settled} settled
   *[other] {$count} comments, {$settled} settled
 }
review-send = Send round…
review-round-over = Round {$round}, {$more} more than the {$agreed} that were agreed
review-status-also = {$status}, also {$also}
review-subject-mix = Mix
review-subject-gone = a stem that is gone
review-play = Play {$name}

## Review: the list of comments

review-filter-all = All
review-filter-open = Open {$count}
review-filter-settled = Settled {$count}
review-filter-deleted = Deleted
review-list-new = New comment
review-list-search = Search
review-list-search-name = Search the comments
review-list-by-time = By time
review-list-by-number = By number
review-list-empty = No comments yet. Press C where you hear something, or import a client's notes.
review-list-no-fit = No comment fits.
review-list-comment = Comment {$number}, {$status}, {$text}
review-list-whole-song = whole song
review-list-fixed = fixed in v{$revision}
review-list-answers = { $count ->
    [one] 1 answer
   *[other] {$count} answers
 }
review-list-hint = Say what and where: “the snare in the second chorus is dull”
review-list-hint-key = C drops a comment at the playhead, or on the range that is marked

## Review: the strip with the song, and the pins of comments on the ruler

review-strip-song = The song with its comments
review-strip-heard = heard
review-strip-changed = What changed
review-pin = Comment {$number} at {$time}

## Review: the page of one comment

review-comment-none = Choose a comment on the left, or press C where you hear something.
review-comment-ask = Ask it
review-comment-ask-hint = As an answer to the comment
review-comment-status = Status, {$status}
review-comment-from = From
review-comment-from-time = From, a time
review-comment-to = To
review-comment-to-time = To, a time
review-comment-here = Here
review-comment-here-hint = Moves it to the playhead
review-comment-no-time = Write a time like 1:05 or 1:05.250
review-comment-text = Text of the comment
review-comment-also = also: {$text}
review-comment-before = before: {$text}
review-comment-around = Play around it
review-comment-solo-off = No solo
review-comment-solo = Solo {$stem}
review-comment-loop = Loop it
review-comment-against = v{$revision} against now
review-comment-against-hint = Plays the one, then the other, level-matched
review-comment-delete-hint = It can be restored from the list “Deleted”
review-comment-answer = Answer
review-comment-answer-to = Answer to the comment
review-change-made = made while this comment was open
review-change-take = Part of the answer
review-comment-fixed = Fixed in v{$revision}
review-comment-fixed-hint = Settles the comment with the revision that comes next
review-comment-wont = Won’t do
review-facts-somebody = Somebody, {$made}
review-facts-about = {$facts}, about v{$revision}
review-facts-round = {$facts}, round {$round}
review-facts-fixed = {$facts}, fixed in v{$revision}
review-facts-bar = bar {$bar}
review-facts-bars = bars {$from} to {$to}
review-facts-in-version = In {$version} at {$time}
review-facts-left-out = {$version} leaves it out

## Review: the window in which a comment is written

review-write-mix = The whole mix
review-write-about = About, {$subject}
review-write-range = Comment from {$start} to {$end}
review-write-at = Comment at {$time}
review-write-song = Comment on the whole song
review-write-hint = What do you hear?
review-write-whole-song = Whole song

## Review: the page of the rounds

review-rounds-title = Rounds of notes
review-rounds-agreed = Agreed
review-rounds-suffix = {" "}rounds
review-rounds-agreed-name = Agreed rounds
review-rounds-author = Your name
review-rounds-one = Round {$round}
review-rounds-sent = sent {$date}
review-rounds-open = open
review-rounds-again = Write it again…
review-rounds-send-hint = One numbered document, as text, PDF, JSON and CSV
review-client-title = Page for the client
review-client-about = One file with the sound in it: it plays in any browser, from disk or from any web space, and takes notes that come back as a small file.
review-client-through = Through
review-client-master = Master of the page, {$master}
review-client-wav = with WAV files
review-client-comments = with the comments so far
review-client-beside = beside
review-client-make = Make the page…
review-files-title = Comments as files
review-files-import-hint = The page's notes file, a mail with times, exports of review sites, markers from editors and workstations, subtitles
review-files-write = Export as
review-files-clipboard = Paste
review-files-times = Times as
review-files-times-now = Times as {$notation}
review-files-frames = Frames per second
review-files-as-found = as found
review-files-frames-now = Frames per second {$rate}
review-files-begins = Song starts at
review-files-begins-hint = Where the song starts in files from others, such as 1:00:00:00; whole hours are detected

## Review: the page of the revisions

review-revisions-save-hint = Every delivered package is kept too; nothing is ever overwritten
review-revisions-save = Save as v{$revision}
review-revisions-now = Now
review-revisions-none = No revision saved yet.
review-revisions-compare = Compare
review-revisions-compare-side = { $side ->
    [from] Compare from, {$state}
   *[to] Compare to, {$state}
 }
review-revisions-matched = level-matched, {$gain} dB
review-revisions-measuring = measuring both…
review-revisions-comparing = comparing both…
review-revisions-same = Nothing differs.
review-revisions-deleted = Deleted, kept for 30 days
review-revisions-restore = Restore v{$revision}
review-revisions-present = now
review-revisions-kept-as = as v{$revision}
review-revisions-not-kept = not saved as a revision
review-revisions-from = from v{$revision}
review-revisions-verified = {$passed} of {$all} files verified
review-revisions-silent = silent
review-revisions-log = Log of the revision
review-revisions-log-keep = Keep the log
review-revisions-unchanged = Nothing changed
review-revisions-compare-now = Compare v{$revision} with now
review-revisions-log-edit-of = Edit the log of v{$revision}
review-revisions-log-edit = Edit the log
review-revisions-delete-sure-of = Delete v{$revision} for good
review-revisions-delete-sure = Delete for good
review-revisions-keep-of = Keep v{$revision}
review-revisions-keep = Keep it
review-revisions-delete-of = Delete v{$revision}…
review-revisions-delete = Delete…

## Review: the page of the references

review-references-title = References
review-references-add = Add references…
review-references-about = One of them is heard with R, as loud as the mix, and drawn under the spectrum of the Master view.
review-references-rough = Rough mix
review-references-match-hint = While the song plays its chorus, the chorus of the reference is heard; parts of the same name belong together
review-references-match = Match sections
review-references-one = Reference {$name}
review-references-measuring = {$length}, measuring…
review-references-beside = {$reference}, {$apart} LU from the mix
review-references-remove = Remove {$name}
review-references-spectrum = Spectrum of the reference in grey, that of the mix in colour
review-part-remove = Remove it
review-part-example = Chorus
review-part-name = Part of the reference
review-part-time = Where it begins
review-part-add = Add the part
review-part-add-playing = Add the part that plays

## Review: the page of the brief

review-brief-asked = What was asked for
review-brief-empty = Nothing written down yet.
review-brief-open = Song and brief…
review-brief-masters = Against the masters

## Review: the question about a copy of the session that somebody else changed

review-copy-title = Someone else worked on this song
review-copy-saved = {$copy}, saved {$saved}
review-copy-theirs-alone = Changed by them only
review-copy-ours-alone = Changed by you only
review-copy-both = Changed by both
review-copy-was = Was: {$value}
review-copy-was-unknown = Was: unknown
review-copy-ours = Yours: {$value}
review-copy-theirs = Theirs: {$value}
review-copy-theirs-by = Theirs ({$by}): {$value}
review-copy-all-ours = Everything yours
review-copy-all-theirs = Everything theirs
review-copy-merge = Merge both copies
review-copy-later = Later
review-copy-apart = Keep separate
review-copy-apart-hint = It is not a copy of this song but a song of its own
review-copy-to-choose = { $count ->
    [one] one choice left
   *[other] {$count} choices left
 }

## Review: what is told about rounds and about notes that arrive

review-round-too-many = This is round {$round}; {$agreed} were agreed
review-arrived = { $count ->
    [one] {$count} new comment came with the folder
   *[other] {$count} new comments came with the folder
 }

## Review: what is told about copies of the session

review-copy-saved-meanwhile = Someone else saved this session in the meantime
review-copy-writing = Writing the copy
review-copy-now-apart = It is a song of its own from now on
review-copy-none = Nobody else worked on this song
review-copy-choose-first = First choose a side for each value that both changed

## Review: comments from and into files, the document of a round, the page for the client

review-import-title = Import comments
review-import-comments = Comments
review-import-everything = Everything
review-export-title = Write the comments
review-round-folder = Folder for the document of the round
review-client-file = File of the page
review-import-clipboard = The clipboard
review-import-no-time = “{$text}” is not a time; write 1:00:00:00
review-import-reading = Reading comments
review-import-unreadable = {$path} cannot be read: {$cause}
review-import-new = { $count ->
    [one] {$name}: {$count} new comment
   *[other] {$name}: {$count} new comments
 }
review-import-changed = {$said}, {$count} changed
review-import-answers = { $count ->
    [one] {$said}, {$count} answer
   *[other] {$said}, {$count} answers
 }
review-import-known = {$said}, {$count} known already
review-export-writing = Writing comments
review-export-written = Written: {$path}
review-export-unwritten = {$path} cannot be written: {$cause}
review-round-writing = Writing the round
review-round-written = Written: {$path} and its other forms
review-client-making = Making the page
review-client-made = {$page} is made, {$size} MB{$notes}

## Review: what is told about references

review-references-pick = Add references
review-references-reading = Reading references
review-references-added = Added to the references: {$names}
review-references-known = { $count ->
    [one] {$names} is in the list already
   *[other] {$names} are in the list already
 }
review-references-measure = Measuring a reference
review-references-opening = Opening the reference

## Review: what is told about revisions

review-revisions-other-file = {$stem} has another file or place now, and is heard as it is now
review-revisions-not-open = {$stem} is not open any more, and is not heard
review-revisions-job-keep = Saving the revision
review-revisions-is-kept = Saved as v{$revision}
review-revisions-job-read = Reading the revision
review-revisions-restored = Restored v{$revision}; Undo reverts it
review-revisions-job-delete = Deleting the revision
review-revisions-job-bring-back = Restoring the revision

## What several deeds say

act-saved = Saved {$path}
act-cannot-be-read = {$path} cannot be read: {$error}
act-cannot-be-written = {$path} cannot be written: {$error}
act-path-cannot-be-written = {$path} cannot be written
act-stems-being-opened = The stems are still being opened
act-is-back = {$name} is back

## Dialogs for sessions and stems

act-translations-failed = The texts could not be written to { $folder }: { $error }
act-pick-folder = Open a folder of stems
act-pick-stems = Add stems
act-pick-stems-folder = Where stems are kept
act-pick-session = Open a session
act-filter-session = Stemwright session
act-pick-save-as = Save the session as

## Blind tests

act-measuring-both = Measuring both

## Saving

act-saving = Saving

## Renders and deliveries

act-cannot-be-played = {$path} cannot be played: {$error}
act-made-already = An export is already running; cancel it or wait for it
act-another-opens = Another session is already being opened
act-pick-masters-folder = Folder for the masters

## Search for tempo and edits

act-listening-to-the-song = Analysing the song
act-no-beat = No beat found: tap the tempo and set the first bar
act-looking-for-edits = Looking for edits
act-taps = {$count} of 4 taps

## Playing

act-automated-here = {$stem} is automated here: play to record a move, or hold Alt to move the whole line

## Presets and templates

act-no-folder-to-keep = There is no folder on this system to keep it in
act-keeping = Keeping it

## New exports of stems

act-opening-both = Opening both
act-no-copy-before = There is no copy of the previous {$stem}

## Cuts

act-no-cut-to-hear = There is no cut to play
act-drag-to-cut = Drag over the timeline first: the marked range is cut out
act-cut-too-short-or-long = The marked range is too short or too long for a cut
act-click-a-cut = Click a cut first
act-select-and-drag = Select a stem, and drag over the timeline first
act-range-treated = {$stem}: {$treatment} from {$from} to {$to}
act-range-let-through = {$stem}: clean regions removed from {$from} to {$to}

## Files of the song

act-where-is = Where is {$name}?
act-pick-files-folder = Folder in which the files lie
act-putting-back = Putting it back
act-cannot-be-put-back = {$path} cannot be put back: {$error}
act-looking-for-files = Looking for files
act-another-sound = {$name} is not the same audio as the file that was added
act-not-found-there = {$left} of {$all} were not found there
act-pick-collect-folder = Folder for the song with all its files
act-collecting = Collecting files
act-collected = Collected in {$path}

## The window

act-snap-to = Snap to: {$snap}
act-timeline-follows = The timeline follows the playhead: {$follow}
act-loudness-copied = The loudness figures are on the clipboard
act-nothing-measured = Nothing measured yet
act-folder-not-shown = {$opener} cannot show {$folder}: {$error}; open it by hand

## Lyrics

act-pick-lyrics = Lyrics with times
act-filter-lyrics = Lyrics
act-pick-lyrics-export = Lyrics for the times of the version
act-reading-lyrics = Reading lyrics
act-lyrics-imported = { $words ->
    [one] {$format}: {$words} word, {$explicit} explicit
   *[other] {$format}: {$words} words, {$explicit} explicit
 }
act-writing-lyrics = Writing lyrics
act-listening-to-the-words = Listening to the words
act-no-vocal = No stem has the role of a vocal: give one its role in Stems

## Fixing stems

act-pick-page = A page for whoever sent the stems
act-pick-fixed-folder = Folder for the fixed copies
act-writing-page = Writing the page
act-written = Written: {$path}
act-fixing = Fixing
act-fixed-copies-written = { $count ->
    [one] {$count} fixed copy written
   *[other] {$count} fixed copies written
 }
act-fixed-folder-full = Stems_fixed is full; clear it

## The monitor

act-no-reference = There is no reference yet: drop one on Review or Master

## Sessions that are open elsewhere

act-on-this-machine-since = on this machine since {$since} UTC
act-on-this-machine = on this machine
act-on-machine-since = on {$machine} since {$since} UTC
act-on-machine = on {$machine}
act-also-open = Also open {$place}; what you both change is put together when it is saved
act-taken-over = Another window took this session over. Unsaved work is offered there; this window is now read-only
act-taking-over = Taking over
act-no-answer = The other window does not answer; what it saves later is put aside and merged

## Files that are dropped on the window

act-nothing-dropped = {$names}: no audio, session, lyrics, comments or preset
act-open-a-song-first = {$names}: open a song first
act-reading-preset = Reading a preset
act-preset-added = Preset {$name} added
act-no-preset = {$path} is not a preset: {$error}

## Sections

act-section-here-already = A section begins here already

## Opening and closing a session

act-work-not-put-aside = Unsaved work cannot be put aside: {$error}
act-left-out = { $count ->
    [one] {$count} file was left out: {$files}. The Stems view says why
   *[other] {$count} files were left out: {$files}. The Stems view says why
 }
act-playing-what-is-left = Taking the stems from the reference
act-adding-stems = Adding stems
act-stems-added = { $count ->
    [one] {$names} is a stem of the mix now
   *[other] {$names} are stems of the mix now
 }
act-merged-later = Somebody saved this session after that work was put aside: both are put together

## Background jobs

act-no-thread = a thread could not be started: {$error}
act-opening = Opening
act-making-demo = Making the demo song
act-opening-stems = Opening stems
act-reading-waveforms = Reading waveforms
act-checking-stems = Checking the stems
act-still-checking = The stems are still being checked; try again in a moment
act-keeping-copies = Keeping copies of the stems
act-measuring = Measuring
act-listening-for-masking = Listening for masking

## The sound device

act-chosen-device-not-there = The chosen sound device is not connected; {$name} plays
act-chosen-device = The chosen sound device
act-sound-device = The sound device
act-device-gone-at = {$name} was disconnected; playback stopped at {$time}. Press play to go on through another device; it is used again once it is back
act-device-gone = {$name} was disconnected; playback stopped. Press play to go on through another device; it is used again once it is back

## Playback

act-silent-until-then = {$error}; it is silent until then
act-disk-too-slow = The disk was too slow at {$time}; the sound waited for it
act-stems-not-open-yet = the stems are still being opened

## Running jobs on the desk

act-rendering = Rendering {$number} of {$all}

## The open document

act-window-only-reads = This window is read-only: the session is open in another one
act-step-does-not-fit = That step no longer fits: {$error}
act-another-window-has-it = another window has this session; save it under another name, or take it over
act-work-not-brought-back = unsaved work in {$path} cannot be restored

## Sessions that another program changed

act-path-cannot-be-put-aside = {$path} cannot be put aside

## Changes of the song's files

act-files-changed = { $count ->
    [one] {$count} file of the song changed: see Files of the song
   *[other] {$count} files of the song changed: see Files of the song
 }

## Opening in the background

act-opening-stopped = Opening cancelled
act-nothing-to-open = nothing to open
act-copy-of = This is a copy of {$name}; open that one to put both together

## Ends of renders and deliveries

act-files-verified = {$passed} of {$all} files verified, {$seconds} s
act-package-complete = { $more ->
    [0] {$name} complete
   *[other] {$name} and {$more} more complete
 }
act-package-needs-a-look = { $more ->
    [0] {$name} made, and needs a look
   *[other] {$name} and {$more} more made, and needs a look
 }
act-cancelled-package = Cancelled; nothing of the package is left
act-cancelled = Cancelled; finished files are kept
act-render-failed = The render failed through an error in the program

## Writing the session

act-name-without-folder = the name has no folder
act-session-taken-over = another window took this session over; save it under another name
act-path-cannot-be-saved = {$path} cannot be saved

## The strip of running jobs

act-stop-job = Stop: {$name}

## Waveforms after processing

act-drawing-processed = Drawing after processing

## The undo list

edit-a-stem = a stem
edit-strip = Strip of {$name}
edit-automation = Automation of {$name}
edit-the-mix = the mix
edit-rename = Rename {$name} to {$new}
edit-role = Role of {$name}: {$role}
edit-note = Note on {$name}
edit-clean-add = Add a clean region of {$name}
edit-clean-remove = Remove a clean region of {$name}
edit-clean = Clean region of {$name}
edit-move-earlier = { $count ->
    [one] Move {$name} {$count} sample earlier
   *[other] Move {$name} {$count} samples earlier
 }
edit-move-later = { $count ->
    [one] Move {$name} {$count} sample later
   *[other] Move {$name} {$count} samples later
 }
edit-file = File of {$name}: {$file}
edit-stem-add = Add {$name}
edit-stem-remove = Remove {$name}
edit-stem-move = Move {$name} to place {$place}
edit-pan-law = Pan law {$law}
edit-trim-before = Trim before the chain
edit-trim-after = Trim after the chain
edit-reference = Reference
edit-references = References
edit-section-add = Add a section
edit-section-remove = Remove a section
edit-sections = Sections
edit-masters = Masters
edit-master = Master {$name}
edit-delivery = Delivery
edit-lyrics-import = Import lyrics
edit-lyrics-remove = Remove lyrics
edit-explicit-words = Explicit words
edit-word-confirm = Confirm “{$word}”
edit-word-keep = Keep “{$word}”
edit-words-confirm = { $count ->
    [one] Confirm {$count} explicit word
   *[other] Confirm {$count} explicit words
 }
edit-words-keep = { $count ->
    [one] Keep {$count} explicit word
   *[other] Keep {$count} explicit words
 }
edit-brief = Brief
edit-song = Facts about the song
edit-balances = Balances
edit-several = {$first} and {$count} more
edit-nothing = Nothing
edit-value = {$value} of {$owner} {$change}
edit-two-values = {$value} of {$owner} {$change}, {$second} {$other}
edit-fader = Fader
edit-trim = Trim
edit-pan = Pan
edit-width = Width
edit-version-add = Add version {$name}
edit-version-remove = Remove version {$name}
edit-version = {$name}: {$change}
edit-versions = Versions
edit-version-was = was {$name}
edit-version-cut-back = a cut removed
edit-version-cut = cut {$span}
edit-version-cut-moved = cut moved to {$span}
edit-version-cuts = { $count ->
    [one] {$count} cut
   *[other] {$count} cuts
 }
edit-version-fade = fade {$span}
edit-version-no-fade = no fade
edit-version-out = out
edit-version-levels = levels
edit-version-any-length = any length
edit-version-goal = goal {$goal}
edit-version-settings = settings
edit-strip-fader = Fader {$name} {$level}
edit-strip-pan = Pan {$name} {$pan}
edit-strip-width = Width {$name} {$width}
edit-strip-trim = Trim {$name} {$level}
edit-invert = Invert {$name}
edit-solo-safe = Solo-safe {$name}
edit-mute = Mute {$name}
edit-unmute = Unmute {$name}
edit-solo = Solo {$name}
edit-unsolo = Unsolo {$name}
edit-level-off = off
edit-pan-centre = centre
edit-pan-right = R {$percent}
edit-pan-left = L {$percent}
edit-chain = Chain of {$owner}
edit-processor-on = {$processor} on of {$owner}
edit-processor-off = {$processor} off of {$owner}
edit-processor = {$processor} of {$owner}
edit-processor-add = Add {$processor} to {$owner}
edit-colour = Colour of { $name }: { $colour }
edit-colour-of-role = Colour of { $name }: as its role
edit-mix-fader = Fader of the mix { $level } dB

## words: colours of stems
colour-red = Red
colour-orange = Orange
colour-green = Green
colour-teal = Teal
colour-blue = Blue
colour-indigo = Indigo
colour-pink = Pink
colour-yellow = Yellow
colour-purple = Purple
colour-grey = Grey

## words: parameters of processors

parameter-threshold = Threshold
parameter-ratio = Ratio
parameter-attack = Attack
parameter-release = Release
parameter-make-up = Make-up
parameter-knee = Knee
parameter-mix = Mix
parameter-auto-release = Auto release
parameter-detection = Detection
parameter-look-ahead = Look-ahead
parameter-key-high-pass = Key high-pass
parameter-key-low-pass = Key low-pass
parameter-range = Range
parameter-hold = Hold
parameter-hysteresis = Hysteresis
parameter-frequency = Frequency
parameter-gain = Gain
parameter-q = Q
parameter-shape = Shape
parameter-slope = Slope
parameter-placement = Placement
parameter-on = On
parameter-linear-phase = Linear phase
parameter-form = Form
parameter-split = Split
parameter-drive = Drive
parameter-curve = Curve
parameter-output = Output
parameter-compensate = Compensate
parameter-low = Low
parameter-middle = Middle
parameter-high = High
parameter-width = Width
parameter-mono-below = Mono below
parameter-widen = Widen
parameter-rotation = Rotation
parameter-low-width = Low width
parameter-high-width = High width
parameter-sustain = Sustain
parameter-ceiling = Ceiling
parameter-time = Time
parameter-samples = Samples
parameter-invert-left = Invert left
parameter-invert-right = Invert right

## words: choices of a setting

choice-off = Off
choice-on = On
choice-peak = Peak
choice-rms = RMS
choice-bell = Bell
choice-low-shelf = Low shelf
choice-high-shelf = High shelf
choice-high-pass = High-pass
choice-low-pass = Low-pass
choice-notch = Notch
choice-tilt = Tilt
choice-6-db-oct = 6 dB/oct
choice-12-db-oct = 12 dB/oct
choice-18-db-oct = 18 dB/oct
choice-24-db-oct = 24 dB/oct
choice-36-db-oct = 36 dB/oct
choice-48-db-oct = 48 dB/oct
choice-stereo = Stereo
choice-left = Left
choice-right = Right
choice-mid = Mid
choice-side = Side
choice-around = Around
choice-below = Below
choice-above = Above
choice-tape = Tape
choice-tube = Tube
choice-transformer = Transformer
choice-plain = Plain
choice-each-on-target = each on target
choice-gain-of-the-full-mix = gain of the full mix
choice-linked-to-the-full-mix = linked to the full mix

## words: kinds of processors, then their short names in a line that lists a chain

processor-eq = EQ
processor-compressor = Compressor
processor-de-esser = De-esser
processor-saturation = Saturation
processor-stereo = Stereo
processor-dynamic-eq = Dynamic EQ
processor-multiband = Multiband
processor-gate = Gate
processor-transients = Transients
processor-clipper = Clipper
processor-delay = Delay
processor-unknown = Unknown
processor-comp = Comp
processor-de-ess = De-ess
processor-saturate = Saturate
processor-width = Width
processor-dyn-eq = Dyn EQ
processor-bands = Bands
processor-shape = Shape
processor-clip = Clip

## words: chain presets that come with the program

preset-kick-heavy-drums = Kick-heavy drums
preset-bass-in-its-place = Bass in its place
preset-bright-guitars = Bright guitars
preset-pads-behind-the-voice = Pads behind the voice
preset-sung-lead = Sung lead
preset-backing-stack = Backing stack
preset-mix-glue = Mix glue
preset-dense-and-even = Dense and even

## words: roles of stems

role-drums = Drums
role-bass = Bass
role-guitars = Guitars
role-keys = Keys
role-strings = Strings
role-brass = Brass
role-lead-vocals = Lead vocals
role-backing-vocals = Backing vocals
role-effects = Effects
role-other = Other

## words: pan laws

pan-law-3-db-constant-power = −3 dB constant power
pan-law-4-5-db-compromise = −4.5 dB compromise
pan-law-6-db-linear = −6 dB linear
pan-law-0-db-balance = 0 dB balance

## words: treatments of a clean region

treatment-mute = mute
treatment-dip = dip
treatment-reverse = reverse
treatment-bleep = bleep
treatment-hold-vowel = hold vowel
treatment-mumble = mumble
treatment-ring-out = ring out

## words: curves of a crossfade

crossfade-by-correlation = by correlation
crossfade-equal-power = equal power
crossfade-equal-gain = equal gain

## words: ready-made versions, and what they are

version-tv-mix = TV mix
version-vocal-up = Vocal up
version-vocal-down = Vocal down
version-clean-radio-edit = Clean radio edit
version-cut-down-60-s = Cut-down 60 s
version-cut-down-30-s = Cut-down 30 s
version-cut-down-15-s = Cut-down 15 s
version-stems = Stems
version-no-lead-vocal-the-backing-vocals-stay = No lead vocal; the backing vocals stay
version-the-lead-vocal-1-db-louder = The lead vocal 1 dB louder
version-the-lead-vocal-1-db-quieter = The lead vocal 1 dB quieter
version-the-cuts-of-the-radio-edit-and-the-regions-of-the-clean-version = The cuts of the radio edit and the regions of the clean version
version-a-short-piece-for-spots-and-loops-to-be-found-by-its-length = A short piece for spots and loops, to be found by its length
version-each-stem-by-itself-at-its-fader-without-a-master = Each stem by itself, at its fader, without a master

## words: how a proposed edit of a version sounds

proposal-fades-out = fades out
proposal-begins-later = begins later
proposal-seamless = seamless
proposal-smooth = smooth
proposal-audible-join = audible join

## words: languages of the lists of explicit words

language-english = English
language-german = German
language-spanish = Spanish
language-french = French

## words: noise shaping of the dither

dither-flat = Flat
dither-itu-r-468 = ITU-R 468
dither-hearing-threshold = Hearing threshold
dither-no-dither = No dither

## words: sample formats of files

depth-16-bit = 16-bit
depth-24-bit = 24-bit
depth-32-bit-float = 32-bit float

## words: stages of a delivery and of a page for the client

stage-rendering-masters = rendering masters
stage-exporting-stems = exporting stems
stage-computing-checksums = computing checksums
stage-packing = packing
stage-rendering-the-versions-of-the-page = rendering the versions of the page
stage-encoding = encoding

## words: work on one file of a render

step-writing = writing
step-measuring = measuring

## words: results of a check before delivery

verdict-good = good
verdict-look = look
verdict-failed = failed
verdict-not-known = not known

## words: forms of a package

packaging-folder = Folder
packaging-zip-parts-under-2-gb = Zip, parts under 2 GB
packaging-zip-parts-under-500-mb = Zip, parts under 500 MB
packaging-zip-in-one-piece = Zip, in one piece

## words: files of a stem export

grouping-every-stem = every stem
grouping-one-file-per-role = one file per role
grouping-vocals-and-instrumental = vocals and instrumental

## words: placeholders in names of files

token-title-of-the-song = title of the song
token-artist = artist
token-version = version
token-master = master
token-revision = revision
token-today = today
token-sample-rate-in-khz = sample rate in kHz
token-bits = bits
token-tempo = tempo
token-key = key
token-isrc = ISRC
token-place-in-the-mix-01 = place in the mix, 01 …
token-name-of-the-stem = name of the stem
token-its-role = its role

## words: questions of the brief

brief-references = References
brief-character = Character
brief-genre = Genre
brief-audience = Audience
brief-platforms = Platforms
brief-loudness = Loudness
brief-format = Format
brief-deadline = Deadline
brief-emphasise = Emphasise
brief-de-emphasise = De-emphasise

## words: states of a comment

status-open = open
status-question = question
status-done = done
status-won-t-do = won’t do

## words: formats of comments that have an English name

format-text = Text
format-audacity-labels = Audacity labels
format-reaper-markers = REAPER markers
format-pro-tools-text = Pro Tools text
format-audition-markers = Audition markers

## words: notations of the times of comments

times-samples = samples
times-bars-and-beats = bars and beats

## words: repairs of a stem

mend-align = Align
mend-invert = Invert
mend-remove = Remove
mend-convert = Convert
mend-pad = Pad
mend-rename = Rename

## words: states of a file of the song

file-state-as-it-was = as it was
file-state-moved = moved
file-state-new-export = new export
file-state-cut-off = cut off
file-state-missing = missing
file-state-unreadable = unreadable
## Findings in the stems: how a finding names its places

finding-at = {$sentence}, at {$places}
finding-at-more = {$sentence}, at {$places} …

## Findings in the stems: files. Most go on from the name of the stem

finding-missing = is missing and silent
finding-unreadable = cannot be read and is silent: {$error}
finding-too-many = {$count} files are more than the stems of a song: each was looked at, but they were not compared with each other
finding-lossy-format = {$format} is lossy; ask for WAV, AIFF or FLAC
finding-other-rate = runs at {$own}, the session at {$rate}
finding-no-numbers = holds {$count} samples that are no numbers; export it again
finding-mono = mono
finding-ends-early = ends earlier than its header says, by {$by}; get the whole file again
finding-cut-off = is cut off, the mark of its end is missing; get the whole file again
finding-damaged = { $count ->
    [one] is damaged once, how much is lost cannot be known; get it again
   *[other] is damaged {$count} times, how much is lost cannot be known; get it again
 }
finding-damaged-by = { $count ->
    [one] is damaged once, {$long} are lost and silent; get it again
   *[other] is damaged {$count} times, {$long} in all are lost and silent; get it again
 }
finding-checksum = its checksum does not fit: it is not what was encoded; get it again
finding-few-bits = {$count} bits; ask for 24 or more
finding-padded = {$stated} bits hold only {$real}: exported with {$real} bits or from such a file; ask for the original
finding-padded-float = {$stated}-bit float hold only {$real}: exported with {$real} bits or from such a file; ask for the original
finding-dithered = carries dither or noise of {$count} bits; stems need none
finding-lossy-before = Probably made from a lossy file ({$share} %): {$why}; ask for the original
finding-lossy-step = the sound ends at {$frequency} kHz with a step of {$step} dB
finding-lossy-grid = its lines are quantised in a codec's frames
finding-converted = was converted from {$from}: there is nothing above {$end} kHz

## Findings in the stems: where a stem begins and ends

finding-time-stamp = { $count ->
    [one] starts at {$time} by its broadcast time stamp ({$count} frame after midnight)
   *[other] starts at {$time} by its broadcast time stamp ({$count} frames after midnight)
 }
finding-wrong-rate = says {$rate}, but its length fits only {$really}: the rate in its header is wrong; export it again
finding-ends-before = ends {$seconds} s ({$count} samples) before the others
finding-ends-after = ends {$seconds} s ({$count} samples) after the others
finding-late = comes {$count} samples ({$time} ms) late against the sound that it shares with the others
finding-early = comes {$count} samples ({$time} ms) early against the sound that it shares with the others

## Findings in the stems: level

finding-silent = is silent; leave it out, or export it again
finding-silent-but-noise = is silent but for noise that peaks at {$peak} dBFS; leave it out, or export it again
finding-too-quiet = is too quiet to be measured (peak {$peak} dBFS); ask for it at its full level
finding-mostly-silent = sounds in {$share} % of the song only
finding-over = peaks over full scale, at {$peak} dBFS ({$count} samples); nothing is lost in float, but leave headroom
finding-full-scale = clips: {$count} samples are at full scale; lower it before export
finding-clips = { $count ->
    [one] clips once; lower it before export
   *[other] clips {$count} times; lower it before export
 }
finding-clipped-before = { $count ->
    [one] was cut off once and then turned to {$peak} dBFS: clipped, or a sound that is meant so
   *[other] was cut off {$count} times and then turned to {$peak} dBFS: clipped, or a sound that is meant so
 }
finding-limited = is limited or clipped hard: {$share} % of its loud moments stand in line, and turned in phase they rise by {$by} dB; ask for it without
finding-seems-limited = seems to be limited: {$share} % of its loud moments stand in line, and turned in phase they rise by {$by} dB
finding-offset = has a constant offset (DC) of {$level} dBFS
finding-no-headroom = leaves no headroom, it peaks at {$peak} dBFS
finding-gives-way = gives way by {$by} dB whenever {$other} plays: a side chain, or a compressor on the bus that was left on
finding-give-way-together = {$count} stems give way together whenever {$other} plays: the compressor or limiter of the mix was left on; ask for stems without it

## Findings in the stems: dropouts and clicks

finding-drops-out = { $count ->
    [one] drops out once, for {$time} ms; export it again
   *[other] drops out {$count} times, for {$time} ms; export it again
 }
finding-may-drop-out = { $count ->
    [one] may drop out once, for {$time} ms
   *[other] may drop out {$count} times, for {$time} ms
 }
finding-in-pieces = is cut into pieces by {$count} holes of digital silence
finding-stuck = { $count ->
    [one] stands still once; export it again
   *[other] stands still {$count} times; export it again
 }
finding-clicks = { $count ->
    [one] may click once
   *[other] may click {$count} times
 }

## Findings in the stems: polarity and channels

finding-inverted = Polarity is inverted relative to the other stems
finding-left-is-dead = has sound in the right channel only, the left one is dead
finding-right-is-dead = has sound in the left channel only, the right one is dead
finding-mono-in-stereo = is mono in a stereo file
finding-mono-to-one-side = is mono in a stereo file, {$by} dB to one side
finding-out-of-phase = left and right are out of phase (correlation {$correlation}); in mono it is lost
finding-stereo-by-delay = is made stereo from one channel by {$time} ms of delay; ask for the original
finding-stereo-by-filters = is made stereo from one channel, by filters; ask for the original

## Findings in the stems: names, roles, and what the set lacks

finding-same-name = is named like {$other}; give one of them another name
finding-odd-letter = has “{$letter}” in its name, which not every system takes
finding-no-role = its name does not tell what it plays; choose a role
finding-same-file = is the same file as {$other}
finding-not-standard = { $count ->
    [one] {$odd} of {$count} file is not named by the standard (01_Drums.wav, 02_Bass.wav …)
   *[other] {$odd} of {$count} files are not named by the standard (01_Drums.wav, 02_Bass.wav …)
 }
finding-no-rough-mix = there is no rough mix to compare with; ask for one, it is part of every delivery
finding-part-missing = no stem with {$parts}
finding-part-drums = drums
finding-part-bass = bass
finding-part-lead-vocals = lead vocals

## The page for the sender of the stems. The first text is the code of its language, such as de

finding-page-language = en
finding-page-title = {$song}: check of the stems
finding-page-all-well = Everything is as it should be. Thank you.
finding-page-none-again = Nothing has to be exported again: what was found can be fixed here.
finding-page-again = { $count ->
    [1] Please export this one again.
    [2] Please export these two again.
   *[other] Please export these {$count} again.
 }
finding-page-again-named = { $count ->
    [1] Please export this one again: {$names}.
    [2] Please export these two again: {$names}.
   *[other] Please export these {$count} again: {$names}.
 }
finding-page-names = {$names} and {$last}
finding-page-peak = peak {$peak} dBFS
finding-page-silent = silent
finding-page-residual = The stems leave {$level} dB of the reference mix.
finding-page-fault = Fault: {$finding}
finding-page-look = Please look: {$finding}

## A session from files: what is told about them

start-no-stamp = has no time stamp, while other stems have: it starts with the song; move it if it belongs elsewhere
start-far-stamp = has a time stamp hours away from those of the others, which is not used: it starts with the song
start-of-file = {$file} {$note}
start-two-sides = {$left} and {$right} are the sides of one stereo stem
start-reference = {$file} is the reference and not part of the sum
start-other-reference = {$file} looks like another reference and is left out
start-rate = {$file} runs at {$own} and is converted to {$rate}
start-left-beside = { $count ->
    [one] {$count} sound file beside the folder of the stems is not taken; put what belongs to the song among the stems
   *[other] {$count} sound files beside the folder of the stems are not taken; put what belongs to the song among the stems
 }
start-left-in = { $count ->
    [one] {$count} sound file in {$folder} is not taken; put what belongs to the song among the stems
   *[other] {$count} sound files in {$folder} are not taken; put what belongs to the song among the stems
 }

## The null test: what explains the difference

null-reference-later = the reference starts {$count} samples ({$time}) later than the stems
null-reference-earlier = the reference starts {$count} samples ({$time}) earlier than the stems
null-as-loud = as loud as the sum of the stems
null-louder = {$by} dB louder than the sum of the stems
null-quieter = {$by} dB quieter than the sum of the stems
null-level = the reference is {$loudness}
null-limited = the reference is {$loudness} and limited or compressed from {$from}, by up to {$depth} dB
null-processed = {$level} dB is left after every stem was fitted: the reference went through processing that the stems did not
null-stem-late = {$stem} is {$count} samples ({$time}) late against the reference
null-stem-early = {$stem} is {$count} samples ({$time}) early against the reference
null-stem-inverted = {$stem}: polarity is inverted relative to the reference
null-stem-not-heard = {$stem} is not heard in the reference
null-stem-louder = {$stem} is {$by} dB louder in the reference
null-stem-quieter = {$stem} is {$by} dB quieter in the reference
null-missing = a stem is missing or another one: what is left ({$level} dB) sounds, first at {$first}
null-missing-between = a stem is missing or another one: what is left ({$level} dB) sounds between {$low} and {$high} Hz, first at {$first}

## Notes on a version before its files are made

version-note-silent-end = it ends in {$silence} s of silence: {$stem} is longer than the others, and muted
version-note-cut-outside = the cut from {$from} to {$to} takes nothing out: it lies outside the song
version-note-cut-beyond = the cut from {$from} to {$to} goes beyond the end of the song, which is {$end}
version-note-cut-overlaps = the cut from {$from} to {$to} overlaps the next: they are made as one
version-note-cut-crossfade = the cut from {$from} to {$to}: its crossfade is shortened to fit between the cuts
version-note-fade-outside = {$version}: its fade lies outside the song
version-note-unknown = {$version}: what it holds was set by a later version of Stemwright: it is left silent
version-note-silent = {$version} is silent: it holds no stem of this session
version-note-no-cut = {$version} equals the full mix: no cut is set
version-note-no-region = {$version} equals the full mix: no clean region is set
version-note-every-stem = {$version} equals the full mix: it holds every stem
version-note-unknown-region = a clean region was set by a later version: it is muted
version-note-regions-unsure = {$stem} was exported again: whether its clean regions still cover what they should is not confirmed
version-note-word-open = explicit word at {$time}: neither confirmed nor dismissed

## What differs between two states of the song, value by value

told-change = {$what}: {$change}
told-on = on
told-off = off
told-automation = automation
told-side-chain = side chain
told-settings = settings
told-value = {$name} {$value}
told-values = { $count ->
    [one] {$count} value
   *[other] {$count} values
 }
told-bands = { $count ->
    [one] {$count} band
   *[other] {$count} bands
 }
told-band-gain = {$gain} dB at {$at}
told-band-shape = {$shape} at {$at}
told-band-off = {$band} off
told-band-removed = {$band} removed

## words: shapes of a filter without gain, inside a sentence

told-shape-high-pass = high-pass
told-shape-low-pass = low-pass
told-shape-notch = notch

## Checks before a delivery: stems and masters

check-fresh = Nothing overwritten: v{$revision} is new
check-next = v{$made} was made; next: v{$revision}
check-stems-sum = Stems sum to the mix: {$level} dB
check-stems-differ = Stems do not sum to the mix: {$level} dB; if one is over full scale, export them as 32-bit float
check-like-reference = Stems sum to the reference: {$level} dB
check-unlike-reference = Stems differ from the reference: {$level} dB
check-no-reference = No reference to compare the stems with
check-not-rendered = Not rendered yet
check-none-over = No sample over, no true peak over
check-over = { $count ->
    [1] One file is over its true peak
   *[other] {$count} files are over their true peak
 }
check-on-target = On target
check-all-on-target = Every file on target
check-need-a-look = { $count ->
    [1] One file needs a look
   *[other] {$count} files need a look
 }
check-within = {$master} within ±{$by} LU
check-off-target = {$master} is {$by} LU off its target
# One of: check-none-over, check-on-target, check-within, while files are still to come.
check-in-some = {$what} in {$done} of {$all} files
# One of the same, of files that are old.
check-before-change = {$what}, before the last change
check-earlier = {$what}, made before
check-limiting = {$master}: {$limiting} dB of limiting

## Checks before a delivery: ISRCs and names of files

check-no-isrc = The ISRC of {$version} is not one: {$code}
check-isrc-twice = {$version} has the ISRC of another version: {$code}
check-isrc = { $all ->
    [one] ISRC of {$count} of {$all} version
   *[other] ISRC of {$count} of {$all} versions
 }
check-names-twice = { $count ->
    [1] One file name is there twice and gets a number
   *[other] {$count} file names are there twice and get a number
 }

## Checks before a delivery: what is left out or not decided

check-left-out = { $all ->
    [one] {$stem} is muted: left out of {$held} of {$all} file
   *[other] {$stem} is muted: left out of {$held} of {$all} files
 }
check-soloed = {$stem} is soloed: the files hold the other stems too
check-no-findings = Nothing to check in the stems
check-findings = { $count ->
    [one] {$count} finding in the stems to check
   *[other] {$count} findings in the stems to check
 }
check-words-open = { $count ->
    [one] {$count} explicit word not confirmed: {$version} keeps it
   *[other] {$count} explicit words not confirmed: {$version} keeps them
 }
check-missing = Missing: {$files}
check-reference-missing = Reference mix is ticked, but the session has none: the package is without it

## Checks before a delivery: what the brief asks for

asked-loudness = {$loudness} LUFS asked for: {$master}
asked-loudness-none = {$loudness} LUFS asked for: no master has it
asked-no-master = A master for {$what} asked for: the session has none
asked-there = {$what} asked for and there
asked-not-there = {$what} asked for: no master has it
asked-bits = {$count} bits
asked-deadline-was = { $count ->
    [one] The deadline was {$count} day ago
   *[other] The deadline was {$count} days ago
 }
asked-deadline-today = The deadline is today
asked-deadline = { $count ->
    [one] {$count} day until the deadline
   *[other] {$count} days until the deadline
 }

## Problems of a rendered file

problem-true-peak = true peak {$peak} dBTP, limit {$limit}
problem-no-loudness = it is silent or shorter than 0.4 s, so it has no loudness
problem-loudness = reached {$reached} LUFS, target {$target}
problem-limited = reached {$reached} LUFS, target {$target}; the mix gets no louder within the allowed limiting
problem-knee = reached {$reached} LUFS, target {$target}; each further dB of limiting would win less than 0.25 LU (push on in the master's details limits as much as is allowed)
problem-length = { $held ->
    [one] {$held} sample was read back where {$written} were written
   *[other] {$held} samples were read back where {$written} were written
 }
problem-unknown = a later version of Stemwright found a problem
problem-went-away = {$file} ({$stem}) went away while it was rendered; it is silent
problem-rewritten = {$file} ({$stem}) was written while it was rendered: part of it may be of the old file; render again
problem-no-numbers = {$file} ({$stem}) holds samples that are no numbers, which are silent; export it again
problem-faulty = {$file} ({$stem}) is faulty: {$places}; export it again
problem-faulty-more = { $count ->
    [one] {$file} ({$stem}) is faulty: {$places}; and at {$count} more place; export it again
   *[other] {$file} ({$stem}) is faulty: {$places}; and at {$count} more places; export it again
 }

## A merge of two copies of a session: a side that changed nothing

merge-as-it-was = as it was
master-push-on-of = {$master} Push on
master-push-on = Push on
master-push-on-hint = Where the target cannot be met, limit as much as is allowed. Off, the gain stops where a further decibel wins less than 0.25 LU.
master-note-from-of = {$master} Note from
master-note-from = Note at
