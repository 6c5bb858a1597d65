//! Options, environment and credentials file, put together: what stands on the command line wins, then the environment.
//!
//! An access key, its secret and its token come from one source, never from two: mixed, they would only be refused.

mod endpoint;
mod profile;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use sys::file::read_private;
use zeroize::Zeroizing;

pub(crate) use self::endpoint::Endpoint;
use self::profile::Profile;
use crate::args::Globals;
use crate::error::Error;

/// The most bytes of a file with a secret key or a token: tokens are a few kilobytes.
const MAX_SECRET_LEN: usize = 16 * 1024;

/// Looks up a variable of the environment.
type Environment = Box<dyn Fn(&str) -> Option<String>>;

/// Where settings come from.
pub(crate) struct Sources {
    globals: Globals,
    environment: Environment,
    profile: Profile,
}

impl Sources {
    /// Takes this process's environment and its user's credentials file.
    pub(crate) fn of_process(globals: Globals) -> Result<Self, Error> {
        let environment = |name: &str| std::env::var_os(name)?.into_string().ok();
        let named = globals.credentials_file.clone();
        let named = named.or_else(|| {
            let file = environment("HUAWEICLOUD_SDK_CREDENTIALS_FILE")?;
            (!file.is_empty()).then(|| PathBuf::from(file))
        });
        let section = globals.profile.as_deref();
        let profile = Profile::read(named.as_deref(), section)?;
        Ok(Self {
            globals,
            environment: Box::new(environment),
            profile,
        })
    }

    /// Reads a variable; an empty one counts as none.
    fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }

    /// Finds a setting: the option, the variable, the member of the credentials file.
    fn find(&self, option: Option<&String>, variable: &str, member: &str) -> Option<String> {
        option
            .cloned()
            .or_else(|| self.variable(variable))
            .or_else(|| self.profile.member(member))
    }
}

/// An access key with its secret.
pub(crate) struct Credentials {
    /// The AK, which names it.
    pub(crate) access_key: String,
    /// The token that belongs to a temporary one.
    pub(crate) security_token: Option<Zeroizing<String>>,
    secret_key: Zeroizing<String>,
}

impl Credentials {
    /// Gives the SK, to sign with.
    pub(crate) fn expose_secret(&self) -> &[u8] {
        self.secret_key.as_bytes()
    }
}

/// Where the credentials were found.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Options,
    Environment,
    Profile,
}

/// Holds what a client needs.
pub(crate) struct Settings {
    /// The services.
    pub(crate) endpoint: Endpoint,
    /// IAM.
    pub(crate) iam_endpoint: Endpoint,
    /// Who signs.
    pub(crate) credentials: Credentials,
    /// The project, if it need not be looked up.
    pub(crate) project_id: Option<String>,
    /// The account, if known.
    pub(crate) domain_id: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
    /// The file of CA certificates, if not this machine's.
    pub(crate) ca: Option<PathBuf>,
}

impl Settings {
    /// Puts the sources together.
    pub(crate) fn new(sources: &Sources) -> Result<Self, Error> {
        let globals = &sources.globals;
        let endpoint = sources
            .find(globals.endpoint.as_ref(), "DEW_ENDPOINT", "endpoint")
            .ok_or(Error::Missing {
                what: "the server",
                remedy: "--endpoint URL, or set it in DEW_ENDPOINT or the credentials file",
            })?;
        let endpoint = Endpoint::parse(&endpoint)?;
        let variable = "HUAWEICLOUD_SDK_IAM_ENDPOINT";
        let iam_endpoint = sources
            .find(globals.iam_endpoint.as_ref(), variable, "iam_endpoint")
            .map_or_else(|| Ok(endpoint.clone()), |text| Endpoint::parse(&text))?;
        let (credentials, origin) = credentials(sources)?;
        // The credentials file speaks of its own access key's project and account.
        let own = |member| {
            let value = sources.profile.member(member);
            value.filter(|_| origin == Origin::Profile)
        };
        let id = |option: Option<&String>, variable, member| {
            let given = option.cloned().or_else(|| sources.variable(variable));
            given.or_else(|| own(member))
        };
        Ok(Self {
            endpoint,
            iam_endpoint,
            credentials,
            project_id: id(
                globals.project_id.as_ref(),
                "HUAWEICLOUD_SDK_PROJECT_ID",
                "project_id",
            ),
            domain_id: id(
                globals.domain_id.as_ref(),
                "HUAWEICLOUD_SDK_DOMAIN_ID",
                "domain_id",
            ),
            region: sources.find(globals.region.as_ref(), "DEW_REGION", "region"),
            ca: match &globals.ca {
                Some(path) => Some(path.clone()),
                None => sources.find(None, "DEW_CA", "ca").map(PathBuf::from),
            },
        })
    }
}

/// Finds the credentials: those of the options, else those of the environment, else those of the credentials file.
fn credentials(sources: &Sources) -> Result<(Credentials, Origin), Error> {
    if let Some(found) = of_options(&sources.globals)? {
        return Ok((found, Origin::Options));
    }
    let variable = |name: &str| sources.variable(name);
    let names = ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"];
    let token = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
    if let Some(found) = complete(names, token, variable)? {
        return Ok((found, Origin::Environment));
    }
    let member = |name: &str| sources.profile.member(name);
    let found = complete(["ak", "sk"], "security_token", member)?;
    let found = found.ok_or(Error::Missing {
        what: "the access key",
        remedy: "--ak and --sk-file, or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write them to \
                 ~/.huaweicloud/credentials",
    })?;
    sources.profile.warn_if_shared();
    Ok((found, Origin::Profile))
}

fn of_options(globals: &Globals) -> Result<Option<Credentials>, Error> {
    let (Some(ak), Some(sk_file)) = (&globals.ak, &globals.sk_file) else {
        return Ok(None);
    };
    let token = globals.security_token_file.as_deref();
    Ok(Some(Credentials {
        access_key: ak.clone(),
        secret_key: secret(sk_file)?,
        security_token: token.map(secret).transpose()?,
    }))
}

/// Reads a pair of names and a token's from one source; a pair that is not whole is an error.
fn complete(
    [ak, sk]: [&str; 2],
    token: &str,
    find: impl Fn(&str) -> Option<String>,
) -> Result<Option<Credentials>, Error> {
    let half = |there: &str, missing: &str| {
        let text = format!("{there} is set but {missing} is not; set both or none");
        Err(Error::Usage(text))
    };
    match (find(ak), find(sk).map(Zeroizing::new)) {
        (None, None) => Ok(None),
        (Some(_), None) => half(ak, sk),
        (None, Some(_)) => half(sk, ak),
        (Some(access_key), Some(secret_key)) => Ok(Some(Credentials {
            access_key,
            secret_key,
            security_token: find(token).map(Zeroizing::new),
        })),
    }
}

/// Reads a secret from a private file, without the space around it.
fn secret(path: &Path) -> Result<Zeroizing<String>, Error> {
    let bytes = read_private(path, MAX_SECRET_LEN)?;
    let text = str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.is_empty() {
        let text = format!("{} holds no secret in UTF-8", path.display());
        return Err(Error::Usage(text));
    }
    Ok(Zeroizing::new(text.to_owned()))
}
