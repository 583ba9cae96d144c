//! Reads a file name: its number, the name for people, the role, and whether it is a rough mix.
//! Knows English, German, French and Spanish words.

use crate::session::naming::composed;
use crate::session::stem::Role;

/// Result of reading a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameGuess {
    /// `01` in `01_Drums`.
    pub number: Option<u32>,
    /// Name for people: `Lead Vox`.
    pub name: String,
    pub role: Role,
    /// Rough mix or reference, not a stem.
    pub reference: bool,
}

const VOCAL: &str = "vocal vocals vox vx voc vocs voice voices lv ldv leadvox leadvocal leadvocals \
    gesang stimme hauptstimme leadgesang sanger saenger voix chant voz voces cantante vocales rap singer";
const BACKING: &str = "bgv bgvs bv bvs bkv bkgv bgvox backvox backing backings backingvocals harmony \
    harmonies harm harms choir choirs chor chore choere choeur choeurs coro coros gang adlib adlibs \
    doubles dbls backs hintergrundgesang chorstimmen";
/// Words that turn a vocal into a backing vocal, but mean nothing alone.
const BEHIND: &str = "back bg bgnd background double dbl stack stacks hintergrund zweite";
const DRUMS: &str = "drum drums drm drms kit kick kik snare sn hat hats hihat hh cymbal cymbals oh ohs \
    overhead overheads tom toms perc percs percussion clap claps snap snaps beat beats shaker tambourine \
    tamb loop loops schlagzeug trommel trommeln becken batterie caisse percussions bateria percusion \
    bombo caja platillos drumkit bassdrum perkussion rhythm";
const BASS: &str = "bass bas bs basse bajo 808 808s sub subbass ebass kontrabass contrebasse contrabajo \
    bassline synthbass moog";
const GUITARS: &str = "guitar guitars gtr gtrs gt git gits gitarre gitarren egitarre akustikgitarre guitare \
    guitares guitarra guitarras egtr agtr acgtr elgtr acoustic banjo mandolin ukulele rhythmgtr leadgtr";
const KEYS: &str = "key keys piano pno pianos synth synths syn pad pads organ organs orgel orgue organo rhodes \
    wurli keyboard keyboards klavier tasten clavier claviers teclado teclados pluck plucks arp arps ep \
    wurlitzer mellotron sintetizador synthe flugel harpsichord";
const STRINGS: &str = "strings string str strs violin violins viola cello celli streicher geige geigen cordes \
    violon violons cuerdas violines orchestra orch orchester orchestre orquesta";
const BRASS: &str = "brass horn horns trumpet trumpets trombone sax saxophone saxes blaser blaeser blechblaser \
    blechblaeser cuivres metales vientos trompete trompeta trompette winds woodwinds flute";
const EFFECTS: &str = "fx sfx efx effect effects riser risers sweep sweeps impact impacts noise ambience atmo \
    atmos ambient foley return returns reverb reverbs verb delay delays effekte effekt effets effet efectos \
    efecto transitions transition swell swells downlifter uplifter";
const REFERENCE: &str = "roughmix rough reference ref refmix referenz referencia mixdown premaster 2track \
    twotrack stereomix fullmix rohmix mezcla maquette mixage master demomix";

/// Reads a file name without its extension. An unknown role is `Role::Other`.
pub fn guess(stem: &str) -> NameGuess {
    let tokens = tokens(stem);
    let number = tokens
        .first()
        .filter(|_| tokens.len() > 1)
        .and_then(|first| (first.len() <= 3).then(|| first.parse().ok()).flatten());
    let words: &[String] = if number.is_some() { tokens.get(1..).unwrap_or(&[]) } else { &tokens };
    let plain: Vec<String> = words.iter().map(|word| fold(word)).collect();
    let role = role(&plain);
    let named_mix = plain.iter().any(|word| word == "mix") && role.is_none();
    let reference = named_mix || plain.iter().any(|word| in_list(REFERENCE, word));
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|w| !is_version(w)).collect();
    let name = if kept.is_empty() { stem.to_string() } else { kept.join(" ") };
    NameGuess { number, name, role: role.unwrap_or(Role::Other), reference }
}

/// File name without its extension, Unicode composed.
pub fn stem_of(path: &std::path::Path) -> String {
    composed(&path.file_stem().unwrap_or_default().to_string_lossy())
}

fn role(words: &[String]) -> Option<Role> {
    let has = |list: &str| words.iter().any(|word| in_list(list, word));
    let glued = |list: &str| words.iter().any(|word| glued_in(list, word));
    for has in [&has as &dyn Fn(&str) -> bool, &glued] {
        let found = if has(BACKING) || (has(VOCAL) && words.iter().any(|w| in_list(BEHIND, w))) {
            Some(Role::BackingVocals)
        } else if has(VOCAL) {
            Some(Role::LeadVocals)
        } else if has(DRUMS) {
            Some(Role::Drums)
        } else if has(BASS) {
            Some(Role::Bass)
        } else if has(GUITARS) {
            Some(Role::Guitars)
        } else if has(STRINGS) {
            Some(Role::Strings)
        } else if has(BRASS) {
            Some(Role::Brass)
        } else if has(KEYS) {
            Some(Role::Keys)
        } else if has(EFFECTS) {
            Some(Role::Effects)
        } else {
            None
        };
        if found.is_some() {
            return found;
        }
    }
    // A bare "lead" means the singer.
    words.iter().any(|word| word == "lead" || word == "main").then_some(Role::LeadVocals)
}

fn in_list(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Whether a word begins or ends with a known word of four letters or more, or with `vox` or `gtr`.
fn glued_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| {
        (known.len() >= 4 || known == "vox" || known == "gtr")
            && (word.starts_with(known) || word.ends_with(known))
    })
}

/// Lower case without accents.
fn fold(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            let plain = match c {
                'ä' | 'á' | 'à' | 'â' | 'ã' => "a",
                'é' | 'è' | 'ê' | 'ë' => "e",
                'í' | 'ì' | 'î' | 'ï' => "i",
                'ö' | 'ó' | 'ò' | 'ô' => "o",
                'ü' | 'ú' | 'ù' | 'û' => "u",
                'ñ' => "n",
                'ç' => "c",
                'œ' => "oe",
                'ß' => "ss",
                // Combining marks of decomposed names.
                '\u{300}'..='\u{36f}' => "",
                other => return vec![other],
            };
            plain.chars().collect()
        })
        .collect()
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or("");
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Words of a name for display: split at separators and between lower and upper case. `P8c` is one
/// word.
pub fn words(name: &str) -> Vec<String> {
    split(name, false)
}

/// Words of a name for recognition: also split between letters and digits. `BGVs` and `v2` stay
/// whole.
pub fn tokens(stem: &str) -> Vec<String> {
    split(stem, true)
}

fn split(stem: &str, digits: bool) -> Vec<String> {
    let mut words = Vec::new();
    for part in stem.split(|c: char| !c.is_alphanumeric() && !('\u{300}'..='\u{36f}').contains(&c))
    {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (n, c) in letters.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|n| letters.get(n)).copied();
            let after = letters.get(n + 1).copied();
            let camel = before.is_some_and(char::is_lowercase) && c.is_uppercase();
            let acronym = before.is_some_and(char::is_uppercase)
                && c.is_uppercase()
                && after.is_some_and(char::is_lowercase)
                && after != Some('s');
            let digit = digits && before.is_some_and(|b| b.is_ascii_digit()) && c.is_alphabetic();
            let counted = digits
                && before.is_some_and(char::is_alphabetic)
                && c.is_ascii_digit()
                && !matches!(word.as_str(), "v" | "V");
            if (camel || acronym || digit || counted) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(*c);
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// Number of leading words that all names share, such as the project's name. At least one word of
/// every name is left over.
pub fn common_words(names: &[Vec<String>]) -> usize {
    let Some(first) = names.first().filter(|_| names.len() > 1) else { return 0 };
    let shared = first
        .iter()
        .enumerate()
        .take_while(|(n, word)| names.iter().all(|name| name.get(*n) == Some(*word)))
        .count();
    let shortest = names.iter().map(Vec::len).min().unwrap_or(0);
    shared.min(shortest.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_in_four_languages() {
        let cases = [
            ("01_Drums", Role::Drums),
            ("02_Bass", Role::Bass),
            ("LeadVox", Role::LeadVocals),
            ("BGVs", Role::BackingVocals),
            ("Gtrs", Role::Guitars),
            ("808", Role::Bass),
            ("FX_Returns", Role::Effects),
            ("05 Lead Vocals", Role::LeadVocals),
            ("BackingVox", Role::BackingVocals),
            ("leadvox", Role::LeadVocals),
            ("Vocals Back L", Role::BackingVocals),
            ("SynthBass", Role::Bass),
            ("Bass Drum", Role::Drums),
            ("SynthLead", Role::Keys),
            ("Lead", Role::LeadVocals),
            ("LeadGuitar", Role::Guitars),
            ("Schlagzeug", Role::Drums),
            ("E-Gitarre", Role::Guitars),
            ("Klavier", Role::Keys),
            ("Gesang", Role::LeadVocals),
            ("Chöre", Role::BackingVocals),
            ("Streicher", Role::Strings),
            ("Bläser", Role::Brass),
            ("Effekte", Role::Effects),
            ("Batterie", Role::Drums),
            ("Basse", Role::Bass),
            ("Guitares", Role::Guitars),
            ("Claviers", Role::Keys),
            ("Voix", Role::LeadVocals),
            ("Chœurs", Role::BackingVocals),
            ("Cordes", Role::Strings),
            ("Cuivres", Role::Brass),
            ("Batería", Role::Drums),
            ("Bajo", Role::Bass),
            ("Guitarras", Role::Guitars),
            ("Teclados", Role::Keys),
            ("Voz", Role::LeadVocals),
            ("Coros", Role::BackingVocals),
            ("Cuerdas", Role::Strings),
            ("Metales", Role::Brass),
            ("Efectos", Role::Effects),
            ("Percusión", Role::Drums),
            ("Strings", Role::Strings),
            ("Horns", Role::Brass),
            ("Theremin", Role::Other),
            ("Backing Vocals", Role::BackingVocals),
            ("Ba\u{308}sse", Role::Bass),
        ];
        for (name, role) in cases {
            assert_eq!(guess(name).role, role, "{name}: {:?}", tokens(name));
        }
    }

    #[test]
    fn numbers_and_names_are_taken_apart() {
        let read = guess("03_LeadVox_v2");
        assert_eq!((read.number, read.name.as_str()), (Some(3), "Lead Vox"));
        assert_eq!(guess("808").number, None);
        assert_eq!(guess("BGVs").name, "BGVs");
        assert_eq!(tokens("FXReturns"), ["FX", "Returns"]);
    }

    #[test]
    fn a_rough_mix_is_no_stem() {
        for name in
            ["BlueSky_RoughMix", "Reference", "rough mix v3", "Song Mix", "Referenz", "MyRef"]
        {
            assert!(guess(name).reference, "{name}");
        }
        for name in ["Drums", "Drum Mix", "Vox", "Masterkeys"] {
            assert!(!guess(name).reference, "{name}");
        }
    }

    #[test]
    fn the_project_is_what_all_names_begin_with() {
        let names: Vec<_> =
            ["Blue_Sky_Drums", "Blue_Sky_Bass", "Blue_Sky_Lead_Vox"].map(tokens).to_vec();
        assert_eq!(common_words(&names), 2);
        assert_eq!(common_words(&["A", "A"].map(tokens)), 0);
    }
}
