//! Keys that records are signed with: files that only their owner can read.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::setting::{Setting, print};
use super::trouble::{DONE, Trouble, note};
use crate::record::note::{Algorithm, KeyName, Signer, Verifier};

/// Make and show the key that the record is signed with
///
/// Whoever has the verifier key can check what the key signed, and nobody can sign with it: print it where readers find
/// it. The key itself is the file, which nobody else should get.
#[derive(clap::Args)]
pub struct Key {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(clap::Subcommand)]
enum KeyCommand {
    /// Make a key for the record, and print its verifier key
    New(KeyOption),
    /// Print the verifier key
    Show(KeyOption),
}

/// The option of what signs.
#[derive(clap::Args)]
pub struct KeyOption {
    /// The key file; else ONRECORD_KEY, else `keys/NAME.key` in onrecord's folder of the user's configuration, by the record's name
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// The options of what checks signatures.
#[derive(clap::Args)]
pub struct VerifierOptions {
    /// The verifier key of the record, as `onrecord key show` prints it
    #[arg(long, value_name = "KEY", value_parser = clap::value_parser!(Verifier))]
    pub key: Verifier,
    /// The verifier key of a witness who must have signed too; may be given several times
    #[arg(long = "witness", value_name = "KEY", value_parser = clap::value_parser!(Verifier))]
    pub witnesses: Vec<Verifier>,
}

impl Key {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        match self.command {
            KeyCommand::New(option) => {
                let origin = setting.open_now()?.origin()?;
                let path = option.path(&origin)?;
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(|error| Trouble::Refused {
                    message: format!("the system gives no random bytes: {error}"),
                    hint: "run it where there are some".into(),
                })?;
                // Names of records are names of keys.
                let name: KeyName =
                    origin.parse().map_err(|error: crate::record::note::NotAKeyName| Trouble::Usage {
                        message: error.to_string(),
                        hint: "name the record otherwise when making it".into(),
                    })?;
                let signer = Signer::new(name, Algorithm::Ed25519, seed);
                write_secret(&path, &format!("{}\n", signer.secret_text()))?;
                print(&format!("{}\n", signer.verifier()))?;
                note(format_args!("the key is in {}: keep it to yourself, and a copy of it", path.display()));
            }
            KeyCommand::Show(option) => {
                let signer = option.signer(&setting.open_now()?.origin()?)?;
                print(&format!("{}\n", signer.verifier()))?;
            }
        }
        Ok(DONE)
    }
}

impl KeyOption {
    /// The key of a record.
    pub fn signer(&self, origin: &str) -> Result<Signer, Trouble> {
        let path = self.path(origin)?;
        let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Trouble::Refused {
                message: format!("there is no key at {}", path.display()),
                hint: "`onrecord key new` makes one; `--key FILE` names another".into(),
            },
            _ => Trouble::Io { doing: format!("reading {}", path.display()), error },
        })?;
        #[cfg(unix)]
        if std::fs::metadata(&path)
            .is_ok_and(|file| std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0)
        {
            let path = path.display();
            note(format_args!("others on this machine can read the key {path}: `chmod 600` shuts them out"));
        }
        text.trim_end().parse().map_err(|error| Trouble::Refused {
            message: format!("{}: {error}", path.display()),
            hint: "name a file that `onrecord key new` made".into(),
        })
    }

    fn path(&self, origin: &str) -> Result<PathBuf, Trouble> {
        let from_environment = || std::env::var_os("ONRECORD_KEY").filter(|path| !path.is_empty()).map(PathBuf::from);
        if let Some(path) = self.key.clone().or_else(from_environment) {
            return Ok(path);
        }
        use etcetera::BaseStrategy;
        let folders = etcetera::choose_base_strategy().map_err(|error| Trouble::Usage {
            message: format!("there is no folder for configuration: {error}"),
            hint: "name a file: `--key FILE`".into(),
        })?;
        // A name may hold what no file name can, and must lead to no other folder.
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name: String =
            origin.chars().map(|c| if fits(c) { c.to_string() } else { format!("%{:X}", c as u32) }).collect();
        Ok(folders.config_dir().join("onrecord").join("keys").join(format!("{name}.key")))
    }
}

/// Writes a new file that nobody but its owner can read.
fn write_secret(path: &Path, secret: &str) -> Result<(), Trouble> {
    let doing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Trouble::io(format!("making {}", folder.display())))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Trouble::Refused {
            message: format!("there is a key at {} already", path.display()),
            hint: "`onrecord key show` prints its verifier key; `--key FILE` names another file".into(),
        },
        _ => Trouble::Io { doing: doing(), error },
    })?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(Trouble::io(doing()))
}
