"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const data = JSON.parse(get("data").textContent);
  const tracks = data.tracks;
  // Pages of several songs may lie in one place, and songs may have one name.
  const key = ["stemwright-review", data.song, data.title, data.revision, data.made].join(":");
  const FADE = 0.012;
  // Decoded sound that is kept, in bytes; phones have less.
  const ROOM = (navigator.deviceMemory || 4) >= 8 ? 1.2e9 : 4e8;

  // Text is only ever set as text: what people wrote is never markup.
  const make = (tag, text, attributes) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  };
  const say = (text) => {
    get("told").textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { get("told").textContent = ""; }, 6000);
  };
  const clock = (seconds, places) => {
    const scale = 10 ** places;
    const ticks = Math.floor(Math.max(0, seconds) * scale + 1e-6);
    const whole = Math.floor(ticks / scale);
    const rest = places ? "." + String(ticks % scale).padStart(places, "0") : "";
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0") + rest;
  };
  const readTime = (text) => {
    const plain = text.trim().replace(",", ".");
    if (!/^(\d+:)?(\d+:)?\d+(\.\d*)?$/.test(plain)) return null;
    return plain.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  };

  // Time in the song, and time in a version that leaves parts of it out.
  const inTrack = (track, song) => {
    for (const [from, to, at] of track.pieces) {
      if (song < from) return at;
      if (song < to) return at + song - from;
    }
    return track.seconds;
  };
  const inSong = (track, time) => {
    let found = time;
    for (const [from, to, at] of track.pieces) if (time >= at - 1e-6) found = Math.min(to, from + time - at);
    return track.pieces.length ? found : time;
  };

  // What is kept between visits: notes, replies, what was taken back, what is being typed, and the
  // name of who wrote it. What was sent is known by its content.
  const own = { author: "", notes: [], replies: [], gone: [], sent: {}, typing: {}, answers: {} };
  let keeps = true;
  try {
    const known = JSON.parse(localStorage.getItem(key) || "null") || {};
    for (const name of Object.keys(own)) {
      const fits = typeof known[name] === typeof own[name] && Array.isArray(known[name]) === Array.isArray(own[name]);
      if (fits && known[name] !== null) own[name] = known[name];
    }
    own.author = own.author || localStorage.getItem("stemwright-review:name") || "";
  } catch { keeps = false; }
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify(own));
      localStorage.setItem("stemwright-review:name", own.author);
    } catch { keeps = false; }
    tellUnsent();
  };
  const id = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const content = (one) => JSON.stringify([one.author, one.text, one.start, one.end, one.on, one.revision, Boolean(one.deleted)]);
  const now = () => new Date().toISOString().slice(0, 19).replace("T", " ");

  // Playing.
  const Context = window.AudioContext || window.webkitAudioContext;
  let context = null, volume = null, playing = null, current = 0, at = 0, looped = null, asked = 0;
  const buffers = new Map();
  const quietest = Math.min(...tracks.map((track) => track.lufs ?? Infinity));
  const gainOf = (track) => get("match").checked && track.lufs !== null && Number.isFinite(quietest)
    ? 10 ** ((quietest - track.lufs) / 20) : 1;
  const ready = () => {
    if (context) return true;
    if (!Context) { say("This browser plays no sound; please open the page in another one."); return false; }
    context = new Context({ latencyHint: "playback" });
    volume = context.createGain();
    volume.connect(context.destination);
    setVolume();
    return true;
  };
  const setVolume = () => {
    if (volume) volume.gain.value = (Number(get("volume").value) / 100) ** 2;
  };
  const bufferOf = (n) => {
    if (buffers.has(n)) {
      const known = buffers.get(n);
      buffers.delete(n);
      buffers.set(n, known);
      return known;
    }
    const text = atob(get("audio-" + n).textContent);
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const decoded = new Promise((done, failed) => {
      const promise = context.decodeAudioData(bytes.buffer, done, failed);
      if (promise) promise.then(done, failed);
    });
    buffers.set(n, decoded);
    const size = (one) => tracks[one].seconds * context.sampleRate * 8;
    let held = [...buffers.keys()].reduce((sum, one) => sum + size(one), 0);
    for (const old of [...buffers.keys()]) {
      if (held <= ROOM || old === n || old === current) continue;
      buffers.delete(old);
      held -= size(old);
    }
    return decoded;
  };
  // Where it is in the time of what plays.
  const played = () => {
    const track = tracks[playing.track];
    let time = playing.offset + Math.max(0, context.currentTime - playing.started);
    if (playing.loop) {
      const [from, to] = playing.loop;
      if (time > to) time = from + ((time - from) % (to - from));
    }
    return Math.min(time, track.seconds);
  };
  // The same in the time of what was chosen, which may still be decoded while the other plays.
  const position = () => {
    if (!playing) return at;
    if (playing.track === current) return played();
    return inTrack(tracks[current], inSong(tracks[playing.track], played()));
  };
  const silence = () => {
    if (!playing) return;
    const { source, gain } = playing;
    source.onended = null;
    gain.gain.setTargetAtTime(0, context.currentTime, FADE / 3);
    source.stop(context.currentTime + 2 * FADE);
    playing = null;
  };
  const start = async (n, time) => {
    if (!tracks[n].sounds) {
      asked++;
      if (playing) { at = position(); silence(); buttons(); }
      say(tracks[n].name + ": " + tracks[n].note);
      return;
    }
    if (!ready()) return;
    const turn = ++asked;
    let buffer;
    const wait = setTimeout(() => say("Loading " + tracks[n].name + "\u2026"), 150);
    try {
      await context.resume();
      buffer = await bufferOf(n);
    } catch {
      buffers.delete(n);
      say("This browser cannot play " + tracks[n].name + "; please try another one.");
      return;
    } finally {
      clearTimeout(wait);
    }
    if (turn !== asked) return;
    // While it was decoded, what was heard went on.
    const offset = time !== null ? time : position();
    silence();
    const source = context.createBufferSource(), gain = context.createGain();
    source.buffer = buffer;
    source.connect(gain);
    gain.connect(volume);
    gain.gain.setValueAtTime(0, context.currentTime);
    gain.gain.setTargetAtTime(gainOf(tracks[n]), context.currentTime, FADE / 3);
    const range = looped ? looped.map((song) => inTrack(tracks[n], song)) : null;
    const loop = range && range[1] - range[0] > 0.05 ? range : null;
    if (loop) {
      source.loop = true;
      [source.loopStart, source.loopEnd] = loop;
    }
    const from = Math.min(Math.max(0, offset), Math.max(0, buffer.duration - 0.001));
    source.start(0, from);
    source.onended = () => { playing = null; at = 0; paint(); buttons(); };
    playing = { track: n, source, gain, started: context.currentTime, offset: from, loop };
    at = from;
    buttons();
    frame();
  };
  const pause = () => { asked++; at = position(); silence(); buttons(); paint(); };
  const toggle = () => (playing ? pause() : start(current, at));
  const seek = (time) => {
    const track = tracks[current];
    at = Math.min(Math.max(0, time), track.seconds);
    if (playing) start(current, at); else paint();
  };
  const songTime = () => inSong(tracks[current], position());
  const seekSong = (song) => seek(inTrack(tracks[current], song));
  const choose = (n) => {
    if (n === current || !tracks[n]) return;
    const song = songTime();
    current = n;
    at = inTrack(tracks[n], song);
    if (playing) start(n, null);
    listed();
    draw();
    paint();
    pins();
  };
  const setLoop = (range) => {
    looped = range;
    get("loop").setAttribute("aria-pressed", String(Boolean(range)));
    if (playing) start(current, position());
    paint();
  };

  // The look of things.
  const buttons = () => {
    get("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    get("play-icon").setAttribute("d", playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z");
  };
  const listed = () => {
    const lit = current;
    for (const button of get("versions").querySelectorAll("[role=radio]")) {
      const on = Number(button.dataset.track) === lit;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    const track = tracks[lit];
    const facts = ["v" + track.revision, clock(track.seconds, 0)];
    if (track.lufs !== null) facts.push(track.lufs.toFixed(1).replace("-", "\u2212") + " LUFS");
    if (track.true_peak !== null) facts.push(track.true_peak.toFixed(1).replace("-", "\u2212") + " dBTP");
    if (track.note) facts.push(track.note);
    get("heard").textContent = track.name + ", " + facts.join(", ");
    if (track.wav) {
      const link = make("a", "uncompressed file", { href: track.wav, download: "" });
      get("heard").append(" \u00b7 ", link);
    }
    get("end").textContent = clock(track.seconds, 0);
    get("wave").setAttribute("aria-valuemax", String(Math.round(track.seconds)));
  };
  const tabs = () => {
    const revisions = [...new Set(tracks.map((track) => track.revision))];
    revisions.forEach((revision) => {
      if (revisions.length > 1) get("versions").append(make("span", "Revision v" + revision, { class: "sep" }));
      tracks.forEach((track, n) => {
        if (track.revision !== revision) return;
        const button = make("button", track.name, { type: "button", role: "radio", title: "Key " + (n + 1) });
        button.dataset.track = n;
        if (revisions.length > 1) button.setAttribute("aria-label", track.name + ", v" + revision);
        button.addEventListener("click", () => choose(n));
        get("versions").append(button);
      });
    });
    get("versions").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const next = (current + step + tracks.length) % tracks.length;
      choose(next);
      get("versions").querySelector('[data-track="' + next + '"]').focus();
    });
  };
  const share = (time) => (100 * time) / Math.max(0.001, tracks[current].seconds) + "%";
  const draw = () => {
    const canvas = get("canvas"), box = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, box.width * scale);
    canvas.height = Math.max(1, box.height * scale);
    const pen = canvas.getContext("2d");
    const bytes = Uint8Array.from(atob(tracks[current].peaks), (letter) => letter.charCodeAt(0));
    const columns = bytes.length / 2;
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--wave");
    const middle = canvas.height / 2, half = middle / 128;
    for (let x = 0; x < canvas.width; x++) {
      const from = Math.floor((x * columns) / canvas.width);
      const to = Math.max(from + 1, Math.floor(((x + 1) * columns) / canvas.width));
      let low = 128, high = 128;
      for (let n = from; n < to; n++) {
        low = Math.min(low, bytes[2 * n]);
        high = Math.max(high, bytes[2 * n + 1]);
      }
      pen.fillRect(x, middle - (high - 128) * half, 1, Math.max(1, (high - low) * half));
    }
    const band = get("sections");
    band.textContent = "";
    const track = tracks[current];
    data.sections.forEach(([name, from], n) => {
      const to = n + 1 < data.sections.length ? data.sections[n + 1][1] : data.seconds;
      const [a, b] = [inTrack(track, from), inTrack(track, to)];
      if (b - a < 0.01) return;
      const part = make("span", name, { title: name });
      part.style.left = share(a);
      part.style.width = "calc(" + share(b - a) + " - 2px)";
      band.append(part);
    });
  };
  const paint = () => {
    const time = position();
    get("time").textContent = clock(time, 1);
    get("head").style.left = share(time);
    get("wave").setAttribute("aria-valuenow", String(Math.round(time)));
    get("wave").setAttribute("aria-valuetext", clock(time, 0));
    const range = looped || drafted();
    get("range").style.display = range ? "block" : "none";
    if (range) {
      const [a, b] = range.map((song) => inTrack(tracks[current], song));
      get("range").style.left = share(a);
      get("range").style.width = share(Math.max(0, b - a));
    }
    const song = songTime();
    for (const item of get("notes").children) {
      const from = Number(item.dataset.from), to = Number(item.dataset.to);
      item.classList.toggle("here", item.dataset.from !== "" && song >= from - 0.05 && song < Math.max(to, from + 2));
    }
  };
  const frame = () => {
    paint();
    if (playing) requestAnimationFrame(frame);
  };

  // Notes.
  const all = () => {
    const replies = (one) => {
      const there = one.replies || [], ids = new Set(there.map((reply) => reply.id));
      return [...there, ...own.replies.filter((reply) => reply.on === one.id && !ids.has(reply.id))];
    };
    const known = data.comments.map((one) => ({ ...one, replies: replies(one), own: false }));
    const ids = new Set(known.map((one) => one.id));
    let number = Math.max(0, ...known.map((one) => parseInt(one.number, 10)));
    const mine = own.notes.filter((one) => !ids.has(one.id)).map((one) => ({ ...one, replies: [], status: "open", number: ++number, own: true }));
    return [...known, ...mine];
  };
  const subject = (on) => (data.subjects.find(([known]) => known === on) || [on, "The whole mix"])[1];
  const words = { open: "open", question: "question", done: "done", wont: "won\u2019t do" };
  const when = (one) => {
    if (one.start === null || one.start === undefined) return "whole song";
    const end = one.end ? "\u2013" + clock(one.end, 0) : "";
    return clock(one.start, 0) + end;
  };
  const goTo = (one) => { if (one.start !== null && one.start !== undefined) seekSong(one.start); };
  const notes = () => {
    const list = get("notes"), wanted = get("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    list.textContent = "";
    const shown = all().filter((one) => {
      const text = ["#" + one.number, one.author, one.text, subject(one.on), ...one.replies.map((reply) => reply.text)].join(" ").toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
    for (const one of shown) {
      const item = make("li");
      item.dataset.from = one.start ?? "";
      item.dataset.to = one.end ?? one.start ?? "";
      const line = make("div", undefined, { class: "head-line" });
      line.append(make("span", "#" + one.number, { class: "number" }));
      const time = make("button", when(one), { type: "button", "aria-label": "Play note " + one.number + " at " + when(one) });
      time.addEventListener("click", () => goTo(one));
      line.append(time, make("span", subject(one.on), { class: "dim" }), make("span", one.author || "", { class: "dim" }));
      const settled = one.status === "done" || one.status === "wont";
      const fixed = one.fixed_in ? " in v" + one.fixed_in : "";
      line.append(make("span", one.own ? (own.sent[one.id] === content(one) ? "sent" : "not sent yet") : [one.status, ...(one.also_status || [])].map((status) => words[status] || "open").join(", also ") + fixed, { class: "status" + (settled ? " done" : "") }));
      item.append(line, make("p", one.text, { class: "text" }));
      for (const text of one.also || []) item.append(make("p", "also: " + text, { class: "answer" }));
      for (const reply of one.replies) item.append(make("p", (reply.author ? reply.author + ": " : "") + reply.text, { class: "answer" }));
      const row = make("div", undefined, { class: "row" });
      if (one.start !== null && one.start !== undefined) {
        const loop = make("button", "Play around it", { type: "button" });
        loop.addEventListener("click", () => {
          const range = [Math.max(0, one.start - 2), (one.end || one.start) + 2];
          looped = range;
          get("loop").setAttribute("aria-pressed", "true");
          start(current, inTrack(tracks[current], range[0]));
        });
        row.append(loop);
      }
      if (one.own) {
        const change = make("button", "Change", { type: "button" });
        change.addEventListener("click", () => edit(one));
        const remove = make("button", "Remove", { type: "button", "aria-label": "Remove note " + one.number });
        remove.addEventListener("click", () => {
          const note = own.notes.find((known) => known.id === one.id);
          own.notes = own.notes.filter((known) => known.id !== one.id);
          // Whoever has it is told that it was taken back.
          if (note && own.sent[one.id]) own.gone.push({ ...note, changed: now(), deleted: true });
          if (editing === one.id) clear();
          keep();
          notes();
        });
        row.append(change, remove);
      } else {
        const answer = make("button", "Answer", { type: "button", "aria-label": "Answer note " + one.number });
        answer.addEventListener("click", () => answering(item, one, answer).focus());
        row.append(answer);
        item.append(row);
        if (one.id in own.answers) answering(item, one, answer);
      }
      item.append(row);
      list.append(item);
    }
    get("none").hidden = shown.length > 0;
    pins();
    paint();
  };
  const answering = (item, one, button) => {
    button.hidden = true;
    const form = make("form"), field = make("textarea", undefined, { rows: 2, maxlength: 5000, "aria-label": "Answer to note " + one.number });
    form.append(field, make("button", "Add the answer", { type: "submit", class: "main" }));
    field.value = own.answers[one.id] || "";
    field.addEventListener("input", () => { own.answers[one.id] = field.value; keep(); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text) own.replies.push({ id: id(), on: one.id, author: own.author, made: now(), text });
      delete own.answers[one.id];
      keep();
      notes();
    });
    item.append(form);
    return field;
  };
  const pins = () => {
    const row = get("pins"), track = tracks[current];
    row.textContent = "";
    for (const one of all()) {
      if (one.start === null || one.start === undefined) continue;
      const inside = !track.pieces.length || track.pieces.some(([from, to]) => one.start >= from && one.start < to);
      if (!inside) continue;
      const settled = one.status === "done" || one.status === "wont";
      const pin = make("button", String(one.number), { type: "button", class: settled ? "done" : "", "aria-label": "Note " + one.number + " at " + when(one), title: one.text.slice(0, 200) });
      pin.style.left = share(inTrack(track, one.start));
      pin.addEventListener("click", () => goTo(one));
      row.append(pin);
    }
  };

  // Writing.
  let editing = null;
  const drafted = () => {
    const from = readTime(get("from").value), to = readTime(get("to").value);
    if (from === null) return null;
    const track = tracks[current];
    const song = inSong(track, from);
    return [song, to !== null && to > from ? inSong(track, to) : song];
  };
  const edit = (one) => {
    editing = one.id;
    const track = tracks[current];
    get("text").value = one.text;
    get("from").value = one.start === null ? "" : clock(inTrack(track, one.start), 1);
    get("to").value = one.end ? clock(inTrack(track, one.end), 1) : "";
    get("on").value = one.on;
    get("add").textContent = "Change the note";
    get("cancel").hidden = false;
    get("text").focus();
    typed();
  };
  const FIELDS = ["text", "from", "to", "on"];
  // A page may be closed in the middle of a sentence.
  const typed = () => {
    own.typing = { editing, ...Object.fromEntries(FIELDS.map((field) => [field, get(field).value])) };
    keep();
  };
  const goOn = () => {
    if (!own.typing.text) return;
    editing = own.notes.some((one) => one.id === own.typing.editing) ? own.typing.editing : null;
    for (const field of FIELDS) if (typeof own.typing[field] === "string") get(field).value = own.typing[field];
    if (editing) get("add").textContent = "Change the note";
    get("cancel").hidden = !editing;
  };
  const clear = () => {
    editing = null;
    own.typing = {};
    for (const field of ["text", "from", "to"]) get(field).value = "";
    get("add").textContent = "Add the note";
    get("cancel").hidden = true;
    paint();
  };
  const here = () => { get("from").value = clock(position(), 1); paint(); };
  const add = (event) => {
    event.preventDefault();
    const text = get("text").value.trim();
    if (!text) { say("Write what you hear first."); get("text").focus(); return; }
    for (const [field, name] of [["from", "From"], ["to", "To"]]) {
      if (get(field).value.trim() && readTime(get(field).value) === null) {
        say(name + ": write a time like 1:05.");
        get(field).focus();
        return;
      }
    }
    own.author = get("author").value.trim();
    const range = drafted();
    const note = {
      id: id(),
      author: own.author,
      made: now(),
      start: range ? range[0] : null,
      end: range && range[1] > range[0] ? range[1] : null,
      on: get("on").value,
      revision: tracks[current].revision,
      status: "open",
      text,
    };
    const known = own.notes.findIndex((one) => one.id === editing);
    if (known >= 0) {
      const before = own.notes[known];
      own.notes[known] = { ...note, id: before.id, made: before.made, changed: now() };
    } else {
      own.notes.push(note);
    }
    clear();
    keep();
    notes();
    const vague = note.start === null && note.on === "mix";
    const ask = vague ? " Where is it heard: one section or the whole song? Which part? You can still change it." : "";
    say("Note " + (known >= 0 ? "changed" : "added") + "." + ask);
  };
  const comments = () => {
    const answered = data.comments.map((one) => ({ ...one, replies: own.replies.filter((reply) => reply.on === one.id).map(({ on, ...reply }) => reply) }));
    return [...answered.filter((one) => one.replies.length), ...own.notes, ...own.gone];
  };
  const written = () => [...own.notes, ...own.replies, ...own.gone];
  const unsent = () => written().filter((one) => own.sent[one.id] !== content(one)).length;
  const tellUnsent = () => {
    const count = unsent();
    const there = keeps ? "" : " This browser does not keep them: save the file before you close the page.";
    get("unsent").textContent = (count > 0 ? count + (count === 1 ? " note is" : " notes are") + " not sent yet." : "Nothing to send.") + there;
  };
  const fileName = (ending) => {
    const plain = (text) => text.replace(/[^\p{L}\p{N}.-]+/gu, "") || "Song";
    return plain(data.title) + "_v" + plain(data.revision) + "_Notes" + (own.author ? "_" + plain(own.author) : "") + "." + ending;
  };
  const sent = () => {
    for (const one of written()) own.sent[one.id] = content(one);
    keep();
    notes();
  };
  const save = () => {
    if (!comments().length) { say("Write a note first."); return; }
    const text = JSON.stringify({ format: "stemwright-comments", schema: 1, song: { title: data.title, seconds: data.seconds }, comments: comments() }, null, 1);
    const link = make("a", "", { download: fileName("json"), href: URL.createObjectURL(new Blob([text], { type: "application/json" })) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    sent();
    say("Saved as " + fileName("json") + ". Send that file back.");
  };
  const asText = () => {
    const lines = ["Notes on " + data.title + " v" + data.revision + " by " + (own.author || "the client"), ""];
    own.notes.forEach((one, n) => {
      const time = one.start === null ? "" : clock(one.start, 3) + (one.end ? "\u2013" + clock(one.end, 3) : "") + " ";
      const on = one.on === "mix" ? "" : "[" + subject(one.on) + "] ";
      lines.push(n + 1 + ". " + time + on + one.text.split(/\s*\n\s*/).join("\n   "));
    });
    for (const reply of own.replies) {
      const one = data.comments.find((known) => known.id === reply.on);
      // The same number may stand for another note in another document.
      if (one) lines.push("", "Answer to #" + one.number + " (" + data.document + "): " + reply.text);
    }
    return lines.join("\n") + "\n";
  };
  const copy = async () => {
    if (!written().length) { say("Write a note first."); return; }
    try {
      await navigator.clipboard.writeText(asText());
    } catch {
      const field = make("textarea", asText());
      document.body.append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      if (!copied) { say("The browser did not allow it; please save the notes file."); return; }
    }
    sent();
    say("Copied. Paste it into a mail.");
  };

  // What is done by hand.
  const jump = (times, forward) => {
    const song = songTime();
    const ahead = times.filter((time) => (forward ? time > song + 0.05 : time < song - 0.3));
    if (ahead.length) seekSong(forward ? Math.min(...ahead) : Math.max(...ahead));
    else if (!forward) seekSong(0);
  };
  const places = () => all().filter((one) => one.start !== null && one.start !== undefined).map((one) => one.start);
  const keys = (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const deeds = {
      " ": toggle,
      Home: () => seek(0),
      End: () => seek(tracks[current].seconds),
      ArrowLeft: () => seek(position() - (event.shiftKey ? 1 : 5)),
      ArrowRight: () => seek(position() + (event.shiftKey ? 1 : 5)),
      ",": () => jump(data.sections.map(([, time]) => time), false),
      ".": () => jump(data.sections.map(([, time]) => time), true),
      n: () => jump(places(), true),
      p: () => jump(places(), false),
      l: () => get("loop").click(),
      c: () => { here(); get("text").focus(); },
    };
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const number = Number(event.key);
    if (deed && !(event.key === " " && event.target.tagName === "BUTTON")) {
      event.preventDefault();
      deed();
    } else if (number >= 1 && number <= tracks.length) {
      choose(number - 1);
    }
  };
  const timeUnder = (event) => {
    const box = get("wave").getBoundingClientRect();
    return (Math.min(Math.max(0, event.clientX - box.left), box.width) / box.width) * tracks[current].seconds;
  };
  let dragged = null;
  const wave = get("wave");
  wave.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = { from: timeUnder(event), x: event.clientX, moved: false };
    wave.setPointerCapture(event.pointerId);
  });
  wave.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged.moved = dragged.moved || Math.abs(event.clientX - dragged.x) > 6;
    if (!dragged.moved) return;
    const [a, b] = [dragged.from, timeUnder(event)].sort((x, y) => x - y);
    get("from").value = clock(a, 1);
    get("to").value = clock(b, 1);
    paint();
  });
  wave.addEventListener("pointerup", (event) => {
    if (dragged && !dragged.moved) seek(timeUnder(event));
    dragged = null;
  });
  wave.addEventListener("pointercancel", () => { dragged = null; });

  get("title").textContent = data.title;
  get("facts").textContent = [data.artist, "v" + data.revision, data.made].filter(Boolean).join(" \u00b7 ");
  for (const [on, name] of data.subjects) get("on").append(make("option", name, { value: on }));
  get("author").value = own.author;
  get("author").addEventListener("change", () => { own.author = get("author").value.trim(); keep(); });
  get("play").addEventListener("click", toggle);
  get("start").addEventListener("click", () => seek(0));
  get("loop").addEventListener("click", () => {
    const range = drafted();
    if (looped) setLoop(null);
    else if (range && range[1] > range[0]) setLoop(range);
    else say("Mark a range on the waveform first, or play around a note.");
  });
  get("match").addEventListener("change", () => {
    if (playing) playing.gain.gain.setTargetAtTime(gainOf(tracks[playing.track]), context.currentTime, 0.02);
  });
  get("volume").addEventListener("input", setVolume);
  get("here").addEventListener("click", here);
  get("until").addEventListener("click", () => { get("to").value = clock(position(), 1); paint(); });
  get("from").addEventListener("input", paint);
  get("to").addEventListener("input", paint);
  for (const field of FIELDS) get(field).addEventListener("input", typed);
  // A note is about the moment at which it was begun.
  get("text").addEventListener("input", () => { if (!get("from").value && !editing && (playing || at > 0)) here(); });
  get("form").addEventListener("submit", add);
  get("cancel").addEventListener("click", clear);
  get("save").addEventListener("click", save);
  get("copy").addEventListener("click", copy);
  get("search").addEventListener("input", notes);
  document.addEventListener("keydown", keys);
  window.addEventListener("resize", () => { draw(); paint(); });
  window.addEventListener("beforeunload", (event) => { if (!keeps && unsent() > 0) event.preventDefault(); });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let look = null;
  const dress = () => {
    const on = document.documentElement.classList.toggle("dark", look === null ? dark.matches : look);
    get("look").textContent = on ? "Light" : "Dark";
    draw();
  };
  dark.addEventListener("change", dress);
  get("look").addEventListener("click", () => { look = !document.documentElement.classList.contains("dark"); dress(); });
  tabs();
  listed();
  dress();
  goOn();
  notes();
  tellUnsent();
})();
