//! The tables: which fields there are, in the order in which mistakes are listed.

use crate::artifact::ArtifactType;
use crate::field::Example::{Number, Text, Texts, True};
use crate::field::{Field, Kind};

/// The types, in alphabetical order of their names.
pub const TYPES: &[ArtifactType] = &[
    ArtifactType {
        name: "brew-build",
        model: "BrewResultParams",
        description: "Stores a result of a Brew or Koji build.",
        own_fields: BREW_BUILD,
        items_from: None,
    },
    ArtifactType {
        name: "productmd-compose",
        model: "ProductmdComposeResultParams",
        description: "Stores a result of a compose.",
        own_fields: COMPOSE,
        items_from: Some("id"),
    },
    ArtifactType {
        name: "redhat-container-image",
        model: "RedHatContainerImageResultParams",
        description: "Stores a result of a container image.",
        own_fields: CONTAINER_IMAGE,
        items_from: None,
    },
    ArtifactType {
        name: "redhat-module",
        model: "RedHatModuleResultParams",
        description: "Stores a result of a module.",
        own_fields: MODULE,
        items_from: None,
    },
];

/// What every result has.
pub const COMMON: &[Field] = &[
    Field::required(
        "outcome",
        Kind::Outcome,
        Text("PASSED"),
        "How the test ended, in upper case. QUEUED and RUNNING say that it has not ended yet, ERROR that it could not be run.",
    )
    .not_data(),
    Field::required(
        "testcase",
        Kind::Name,
        Text("dist.rpmlint"),
        "The whole name of the test case. One that is not known yet is created.",
    )
    .not_data(),
    Field::optional(
        "testcase_ref_url",
        Kind::Url,
        Text("https://tests.example.com/rpmlint"),
        "Where the test case is described: what it checks, how to run it again, how to contribute. It is kept with the test case.",
    )
    .not_data(),
    Field::optional("note", Kind::Text, Text("3 warnings"), "A remark for people.").not_data(),
    Field::optional(
        "ref_url",
        Kind::Url,
        Text("https://ci.example.com/runs/7"),
        "Where the details of this run are.",
    )
    .not_data(),
    Field::optional(
        "error_reason",
        Kind::Text,
        Text("no free machine"),
        "Why the test could not be run. Only with the outcome ERROR.",
    ),
    Field::optional(
        "issue_url",
        Kind::Url,
        Text("https://issues.example.com/7"),
        "The issue that was filed for the error. Only with the outcome ERROR.",
    ),
    Field::optional(
        "system_provider",
        Kind::Text,
        Text("beaker"),
        "Where the machine that ran the test came from: a service or a host name.",
    ),
    Field::optional(
        "system_architecture",
        Kind::Text,
        Text("x86_64"),
        "The architecture that the test ran on.",
    ),
    Field::optional(
        "system_variant",
        Kind::Text,
        Text("Server"),
        "The variant of the compose or image that the test ran on.",
    ),
    Field::optional(
        "scenario",
        Kind::Text,
        Text("Server-dvd-iso x86_64 uefi"),
        "Which of several runs of one test case on one artifact this is. Any text; gates tell scenarios apart by it.",
    ),
    Field::required(
        "ci_name",
        Kind::Text,
        Text("Example CI"),
        "The name of the CI system.",
    ),
    Field::required(
        "ci_team",
        Kind::Text,
        Text("Example QE"),
        "The team whose tests these are, as one CI system may serve several.",
    ),
    Field::required(
        "ci_docs",
        Kind::Url,
        Text("https://ci.example.com/docs"),
        "Where the CI system is described.",
    ),
    Field::required(
        "ci_email",
        Kind::Email,
        Text("ci@example.com"),
        "Whom to write to about the CI system.",
    ),
    Field::optional(
        "ci_url",
        Kind::Url,
        Text("https://ci.example.com"),
        "The CI system itself.",
    ),
    Field::optional(
        "ci_irc",
        Kind::Text,
        Text("#ci"),
        "Where to chat about the CI system; a channel begins with `#`.",
    ),
    Field::optional(
        "scratch",
        Kind::Truth,
        True,
        "Whether the artifact is a scratch build. If so, the stored type ends in `_scratch`.",
    )
    .not_data(),
    Field::optional(
        "rebuild",
        Kind::Url,
        Text("https://ci.example.com/runs/7/rebuild"),
        "Where to run the test again.",
    ),
    Field::optional(
        "log",
        Kind::Url,
        Text("https://ci.example.com/runs/7/log"),
        "The log of the run.",
    ),
];

const BREW_BUILD: &[Field] = &[
    Field::required(
        "item",
        Kind::Name,
        Text("glibc-2.38-7.fc40"),
        "Name, version and release of the build.",
    ),
    Field::required(
        "brew_task_id",
        Kind::Integer,
        Number(123_456),
        "The task that made the build.",
    ),
];

const COMPOSE: &[Field] = &[
    Field::required(
        "id",
        Kind::Name,
        Text("Fedora-40-20240416.0"),
        "The compose's own id, as in its metadata. The stored items are `{id}/{system_variant}/{system_architecture}` and `{id}`.",
    )
    .not_data(),
];

const CONTAINER_IMAGE: &[Field] = &[
    Field::required(
        "item",
        Kind::Name,
        Text("example-container-1.4-2"),
        "Name, version and release of the image.",
    ),
    Field::required(
        "id",
        Kind::Text,
        Text("sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"),
        "The digest of the image.",
    ),
    Field::required("issuer", Kind::Text, Text("jdoe"), "Who built the image."),
    Field::required(
        "component",
        Kind::Text,
        Text("example-container"),
        "The component that the image is of.",
    ),
    Field::required(
        "full_names",
        Kind::Texts,
        Texts(&["registry.example.com/tools/example:1.4"]),
        "Every name of the image, each as `registry:port/namespace/name:tag`. At most 1,000.",
    ),
    Field::optional(
        "brew_task_id",
        Kind::Integer,
        Number(123_456),
        "The task that built the image.",
    ),
    Field::optional(
        "brew_build_id",
        Kind::Integer,
        Number(654_321),
        "The image's build.",
    ),
    Field::optional(
        "registry_url",
        Kind::Text,
        Text("registry.example.com"),
        "The registry in the image's full name.",
    ),
    Field::optional(
        "tag",
        Kind::Text,
        Text("1.4"),
        "The tag in the image's full name.",
    ),
    Field::optional(
        "name",
        Kind::Text,
        Text("example"),
        "The name in the image's full name.",
    ),
    Field::optional(
        "namespace",
        Kind::Text,
        Text("tools"),
        "The namespace in the image's full name.",
    ),
    Field::optional(
        "source",
        Kind::Text,
        Text("git+https://git.example.com/containers/example#main"),
        "What the image was built from: mostly a repository, `#` and a reference.",
    ),
];

const MODULE: &[Field] = &[Field::required(
    "item",
    Kind::Name,
    Text("llvm-toolset-rhel8-20240416.f3e5bd"),
    "Name, stream, version and context of the module.",
)];
