//! What files hold, in a few letters: equal for equal content.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha1_smol::Sha1;

use crate::changes;

/// A digest under way. It tells accidents apart, not forgeries.
#[derive(Default)]
pub struct Digest(Sha1);

impl Digest {
    /// Takes in a file; one that is missing counts as such.
    pub fn file(&mut self, path: &Path) -> Result<()> {
        match fs::read(path) {
            Ok(bytes) => {
                self.0.update(&(bytes.len() as u64).to_be_bytes());
                self.0.update(&bytes);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.0.update(b"-"),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        Ok(())
    }

    /// Takes in a file, or a folder with all that is in it but an editor's own.
    pub fn tree(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            return self.file(path);
        }
        let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        paths.retain(|path| {
            let name = path.file_name().unwrap_or_default();
            !changes::is_aside(&name.to_string_lossy())
        });
        paths.sort();
        for path in paths {
            self.0
                .update(path.file_name().unwrap_or_default().as_encoded_bytes());
            self.0.update(b"/");
            self.tree(&path)?;
        }
        Ok(())
    }

    /// The whole digest, in hexadecimal.
    pub fn long(&self) -> String {
        self.0.digest().to_string()
    }

    /// Enough of it for a file's name.
    pub fn short(&self) -> String {
        self.long()[..12].to_owned()
    }
}
