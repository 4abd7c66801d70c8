//! Which registered asset a request means: by id, name or root, or by text that may be any of the three.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::diagnostics::{AsFinding, Code, Finding, closest_match, escaped, join_some};
use crate::history::KeptAsset;
use crate::registry::{Registry, RegistryEntry};
use crate::snapshot::{RegisteredAsset, Snapshot};

/// Selects one registered asset.
///
/// As text it is `id:3`, `name:hero` or `root:ui/atlas`; any other text is [`AssetSelector::Any`].
///
/// ```
/// use packer_services::ops::AssetSelector;
///
/// assert_eq!(AssetSelector::from("id:3"), AssetSelector::Id(3));
/// assert_eq!(AssetSelector::from("hero"), AssetSelector::Any("hero".into()));
/// assert_eq!(AssetSelector::Root("ui/atlas".into()).to_string(), "root:ui/atlas");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssetSelector {
    /// By its id.
    Id(u32),
    /// By its name.
    Name(String),
    /// By its root, relative to `assets/`.
    Root(String),
    /// By text that is the id, the name or the root of exactly one asset.
    Any(String),
}

impl AssetSelector {
    /// The one asset that is selected.
    ///
    /// # Errors
    /// If no asset of the snapshot is selected, or more than one.
    pub(crate) fn select<'s>(&self, snapshot: &'s Snapshot) -> Result<&'s Arc<RegisteredAsset>, AssetNotFound> {
        let selected: Vec<&Arc<RegisteredAsset>> = snapshot.assets.iter().filter(|asset| self.matches(asset)).collect();
        match selected[..] {
            [one] => Ok(one),
            [] => Err(self.nothing_selected(snapshot)),
            [first, ..] => {
                let all = selected.iter().map(|asset| format!("id:{} ({})", asset.entry.asset_id, asset.entry.root));
                let all: Vec<String> = all.collect();
                let selector = escaped(&self.to_string());
                Err(AssetNotFound {
                    message: format!(
                        "`{selector}` matches {} assets: {}",
                        selected.len(),
                        join_some(all.iter(), ", ", 8)
                    ),
                    help: format!("Name one by its root, such as `root:{}`.", escaped(first.entry.root.as_str())),
                })
            }
        }
    }

    fn matches(&self, asset: &RegisteredAsset) -> bool {
        self.matches_entry(&asset.entry, asset.name())
    }

    fn matches_entry(&self, entry: &RegistryEntry, name: Option<&str>) -> bool {
        let root = entry.root.as_str();
        match self {
            Self::Id(id) => entry.asset_id == *id,
            Self::Name(wanted) => name == Some(wanted),
            Self::Root(wanted) => root == wanted,
            Self::Any(text) => text.parse() == Ok(entry.asset_id) || name == Some(text) || root == text,
        }
    }

    /// The entry that is selected, if that is known without reading a declaration.
    pub(crate) fn entry_of<'r>(&self, registry: &'r Registry) -> Option<&'r RegistryEntry> {
        matches!(self, Self::Id(_) | Self::Root(_))
            .then(|| registry.entries.iter().find(|entry| self.matches_entry(entry, None)))?
    }

    /// Whether it selects an asset with this root that is not registered.
    pub(crate) fn is_root(&self, root: &str) -> bool {
        matches!(self, Self::Root(wanted) | Self::Any(wanted) if wanted == root)
    }

    /// The one removed asset that is selected. Text may also be `change:13`, the number of the change that removed it.
    ///
    /// # Errors
    /// If no removed asset is selected, or more than one.
    pub(crate) fn select_removed(&self, kept: Vec<KeptAsset>) -> Result<KeptAsset, AssetNotFound> {
        let text = self.to_string();
        let number = text.strip_prefix("change:").and_then(|number| number.parse::<u64>().ok());
        let is_selected = |kept: &KeptAsset| match number {
            Some(number) => kept.number == number,
            None => self.matches_entry(&kept.entry, Some(&kept.subject)),
        };
        let mut selected: Vec<KeptAsset> = kept.into_iter().filter(is_selected).collect();
        match selected.len() {
            1 => Ok(selected.remove(0)),
            0 => Err(AssetNotFound {
                message: format!("no removed asset matches `{}`", escaped(&text)),
                help: "`prometeu-packer history PROJECT` shows the assets that can be restored.".into(),
            }),
            count => {
                let all = selected.iter().map(|kept| format!("change:{} ({})", kept.number, kept.entry.root));
                let all: Vec<String> = all.collect();
                let all = join_some(all.iter(), ", ", 8);
                Err(AssetNotFound {
                    message: format!("`{}` matches {count} removed assets: {all}", escaped(&text)),
                    help: "Pass the change that removed it, such as `change:13`.".into(),
                })
            }
        }
    }

    fn nothing_selected(&self, snapshot: &Snapshot) -> AssetNotFound {
        let text = self.to_string();
        let wanted = text.rsplit(':').next().unwrap_or(&text);
        let names =
            || snapshot.assets.iter().flat_map(|asset| asset.name().into_iter().chain([asset.entry.root.as_str()]));
        let help = match closest_match(wanted, names()).or_else(|| names().find(|name| name.contains(wanted))) {
            Some(near) => format!("Did you mean `{near}`? `prometeu-packer list PROJECT` shows all."),
            None => {
                "`prometeu-packer list PROJECT` shows all assets; an unregistered one must be registered first.".into()
            }
        };
        AssetNotFound { message: format!("no registered asset matches `{}`", escaped(&text)), help }
    }
}

impl FromStr for AssetSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("id", id)) => id.parse().map_or_else(|_| Self::Any(text.to_owned()), Self::Id),
            Some(("name", name)) => Self::Name(name.to_owned()),
            Some(("root", root)) => Self::Root(root.to_owned()),
            _ => Self::Any(text.to_owned()),
        })
    }
}

impl From<&str> for AssetSelector {
    fn from(text: &str) -> Self {
        let Ok(selector) = text.parse();
        selector
    }
}

impl From<String> for AssetSelector {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for AssetSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id:{id}"),
            Self::Name(name) => write!(f, "name:{name}"),
            Self::Root(root) => write!(f, "root:{root}"),
            Self::Any(text) => f.write_str(text),
        }
    }
}

/// No asset is selected, or more than one.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AssetNotFound {
    message: String,
    help: String,
}

impl AssetNotFound {
    /// A pack has no such id.
    pub(crate) fn in_pack(asset_id: u32) -> Self {
        Self {
            message: format!("the pack has no asset {asset_id}"),
            help: "`prometeu-packer inspect FILE.pa` lists its assets.".into(),
        }
    }
}

impl AsFinding for AssetNotFound {
    fn as_finding(&self) -> Finding {
        Finding::new(Code::AssetNotFound, &self.message, &self.help)
    }
}
