//! Where PINs come from: a private file, or the terminal.

use std::path::Path;

use sys::file::read_private;
use ukey::Pin;
use zeroize::Zeroizing;

use crate::Error;

/// The most bytes of a PIN file: a PIN and a line end.
const MAX_FILE_LEN: usize = 257;

/// Gets a PIN that exists already.
pub(crate) fn existing(file: Option<&Path>, prompt: &str) -> Result<Pin, Error> {
    let text = match file {
        Some(file) => from_file(file)?,
        None => ask(prompt)?,
    };
    Ok(Pin::new(&text)?)
}

/// Gets a PIN that is to be set: from the terminal it is asked for twice.
pub(crate) fn chosen(file: Option<&Path>, prompt: &str) -> Result<Pin, Error> {
    let text = match file {
        Some(file) => from_file(file)?,
        None => {
            let text = ask(prompt)?;
            if *ask(&format!("{prompt}, again"))? != *text {
                return Err(Error::Usage("the two PINs differ; start again".to_owned()));
            }
            text
        }
    };
    Ok(Pin::new(&text)?)
}

/// Reads a PIN from a private file, without its line end.
fn from_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    let bytes = read_private(path, MAX_FILE_LEN)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::Usage(format!("the PIN in {} is not UTF-8 text", path.display())))?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    Ok(Zeroizing::new(
        line.strip_suffix('\r').unwrap_or(line).to_owned(),
    ))
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Error> {
    rpassword::prompt_password(format!("{prompt}: "))
        .map(Zeroizing::new)
        .map_err(Error::machine(
            "ask the terminal for a PIN; give it in a file instead",
        ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sys::file::replace_private;

    use super::*;

    #[test]
    fn pin_in_a_file_may_end_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        for (content, expected) in [
            ("1234", "1234"),
            ("1234\n", "1234"),
            ("1234\r\n", "1234"),
            (" 12 34 \n", " 12 34 "),
        ] {
            replace_private(&path, content.as_bytes()).unwrap();
            assert_eq!(
                existing(Some(&path), "").ok().unwrap().expose(),
                expected.as_bytes()
            );
        }
        replace_private(&path, b"\n").unwrap();
        assert_eq!(existing(Some(&path), "").err().unwrap().exit_code(), 5);
        replace_private(&path, &[0xFF; 8]).unwrap();
        assert_eq!(existing(Some(&path), "").err().unwrap().exit_code(), 2);
    }

    #[test]
    fn pin_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        fs::write(&path, "correct horse").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let text = chosen(Some(&path), "").err().unwrap().to_string();
        assert!(text.contains("chmod 600"), "{text}");
    }
}
