//! Time stamps (RFC 3161): the word of an authority that it saw a hash at a time.
//!
//! What an authority answers is a CMS message (RFC 5652): what it says (the hash, the time), attributes that have the hash
//! of that and of the authority's certificate, and its signature over the attributes. [`Timestamp::parse`] checks all that
//! can be checked without knowing anybody: that each of these leads to the next, and that the certificate is one for time
//! stamps which held at that time. Who made the certificate is another question: [`Timestamp::vouched`].
//!
//! Bytes are hashed as they came. Whatever nobody signs says nothing and is passed over: the status beside a stamp that was
//! given, versions, the list of hash algorithms, parameters of algorithms, certificates that nothing leads through, lists of
//! revoked ones, attributes that are not signed. No certificate is looked up as revoked: that takes a network.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use der::asn1::{AnyRef, BitString, Int, ObjectIdentifier, OctetString};
use der::{Decode, Encode, Reader, Sequence, SliceReader, Tag};
use ring::digest;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::ring as algorithm;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use x509_cert::spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

use super::checkpoint::{SignedCheckpoint, start};
use crate::domain::listing::TimestampView;

/// Bytes of a response, at most.
pub const MAX_RESPONSE_BYTES: usize = 1 << 20;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const TIMESTAMP_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const TIMESTAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");

/// What a text is hashed with. SHA-1 names certificates in older responses, and is believed for nothing else.
const HASHES: [(ObjectIdentifier, &digest::Algorithm); 3] =
    [(SHA256, &digest::SHA256), (SHA384, &digest::SHA384), (SHA512, &digest::SHA512)];

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");

/// The name of a way to sign, the hash that stands beside it where the name is that of a key alone, and how it is checked.
type Signing = (ObjectIdentifier, Option<ObjectIdentifier>, &'static dyn SignatureVerificationAlgorithm);

static SIGNATURES: [Signing; 14] = [
    (RSA, Some(SHA256), algorithm::RSA_PKCS1_2048_8192_SHA256),
    (RSA, Some(SHA384), algorithm::RSA_PKCS1_2048_8192_SHA384),
    (RSA, Some(SHA512), algorithm::RSA_PKCS1_2048_8192_SHA512),
    (oid("1.2.840.113549.1.1.11"), None, algorithm::RSA_PKCS1_2048_8192_SHA256),
    (oid("1.2.840.113549.1.1.12"), None, algorithm::RSA_PKCS1_2048_8192_SHA384),
    (oid("1.2.840.113549.1.1.13"), None, algorithm::RSA_PKCS1_2048_8192_SHA512),
    (RSA_PSS, Some(SHA256), algorithm::RSA_PSS_2048_8192_SHA256_LEGACY_KEY),
    (RSA_PSS, Some(SHA384), algorithm::RSA_PSS_2048_8192_SHA384_LEGACY_KEY),
    (RSA_PSS, Some(SHA512), algorithm::RSA_PSS_2048_8192_SHA512_LEGACY_KEY),
    (oid("1.2.840.10045.4.3.2"), None, algorithm::ECDSA_P256_SHA256),
    (oid("1.2.840.10045.4.3.2"), None, algorithm::ECDSA_P384_SHA256),
    (oid("1.2.840.10045.4.3.3"), None, algorithm::ECDSA_P256_SHA384),
    (oid("1.2.840.10045.4.3.3"), None, algorithm::ECDSA_P384_SHA384),
    (oid("1.3.101.112"), None, algorithm::ED25519),
];

/// Why bytes are not a time stamp, or one that is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// It is no response at all, or has bytes after its end.
    #[error("not the response of a time stamp authority: {0}")]
    Encoding(#[from] der::Error),
    /// The authority gave none.
    #[error("the authority gave none, and answered {status}{}", detail(.why))]
    Status {
        /// Its word for it in RFC 3161.
        status: String,
        /// Its reasons.
        why: Vec<String>,
    },
    /// What is signed is something else.
    #[error("it signs something else than a time stamp: {0}")]
    Content(String),
    /// It should be signed once.
    #[error("it has {0} signatures: expected 1")]
    Signers(usize),
    /// A signed attribute is not there once with one value.
    #[error("its signature is over no {0}, or over several")]
    Attribute(&'static str),
    /// A hash or a signature is made in a way that is not known here, or not safe any more.
    #[error("it is signed or hashed in a way that is not known here: {0}")]
    Algorithm(String),
    /// What is said is not what is signed.
    #[error("what it says is not what was signed")]
    Digest,
    /// The certificate of who signed it is not there.
    #[error("it has no certificate of who signed it")]
    NoCertificate,
    /// The certificate cannot be read.
    #[error("the certificate of who signed it cannot be read: {0}")]
    Certificate(String),
    /// The signature is not by that certificate's key.
    #[error("the signature is not by the key of `{0}`")]
    Signature(String),
    /// The certificate is not for time stamps, and for nothing else.
    #[error("the certificate of `{0}` is not one for time stamps alone")]
    Purpose(String),
    /// The certificate did not hold at the time.
    #[error("the certificate of `{authority}` held from {from} to {to}, and the time stamp is of {time}")]
    Validity {
        /// Whose.
        authority: String,
        /// From when.
        from: String,
        /// Until when.
        to: String,
        /// The time of the stamp.
        time: String,
    },
    /// It is of other bytes.
    #[error("it is of other bytes: expected the hash {expected}, found {found}")]
    Imprint {
        /// Of the bytes that were to be stamped.
        expected: String,
        /// In the stamp.
        found: String,
    },
    /// It answers another request.
    #[error("it answers another request: the nonce that was sent is not in it")]
    Nonce,
    /// Who signed it vouches for themselves.
    #[error("`{0}` vouches for themselves: the certificate is signed by its own key")]
    SelfSigned(String),
    /// No certificate that is believed leads to it.
    #[error("the certificate of `{authority}` leads to none of the roots given: {error}")]
    Chain {
        /// Whose.
        authority: String,
        /// Why not.
        error: webpki::Error,
    },
}

impl TimestampError {
    /// True where the time stamp holds, and nobody who is believed vouches for whose it is.
    pub fn is_about_roots(&self) -> bool {
        matches!(self, TimestampError::SelfSigned(_) | TimestampError::Chain { .. })
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            TimestampError::Encoding(_) | TimestampError::Content(_) => {
                "give what the authority answered, byte for byte: `openssl ts -reply -in FILE.tsr -text` shows one"
            }
            TimestampError::NoCertificate | TimestampError::Nonce | TimestampError::Imprint { .. } => {
                "ask again, with what `onrecord checkpoint --timestamp-request` prints"
            }
            TimestampError::SelfSigned(_) => {
                "where you know that certificate by other ways, name it: `--tsa-roots FILE.pem`"
            }
            TimestampError::Chain { .. } => {
                "name the certificate that vouches for the authority, as it publishes it: `--tsa-roots FILE.pem`"
            }
            _ => {
                "ask again, or another authority: `onrecord checkpoint --timestamp-request > head.tsq` makes the request"
            }
        }
    }
}

/// Why a file has no roots in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// It is not PEM.
    #[error("not PEM: {0}")]
    Pem(String),
    /// There is no certificate in it.
    #[error("there is no certificate in it: expected `-----BEGIN CERTIFICATE-----`")]
    None,
    /// A certificate cannot be read.
    #[error("certificate {number} cannot be read: {error}")]
    Certificate {
        /// Which, from 1.
        number: usize,
        /// Why.
        error: webpki::Error,
    },
}

#[derive(Sequence)]
struct Request {
    version: u8,
    imprint: Imprint,
    nonce: u64,
    wants_certificate: bool,
}

/// The hash of what is stamped.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

/// The request for a time stamp of these bytes, in DER. The nonce is what its answer has to repeat.
pub fn request(bytes: &[u8], nonce: u64) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(der::Any::null()) };
    let hash = OctetString::new(digest::digest(&digest::SHA256, bytes).as_ref());
    let encoded = hash.and_then(|hash| {
        let imprint = Imprint { algorithm, hash };
        Request { version: 1, imprint, nonce, wants_certificate: true }.to_der()
    });
    encoded.expect("a hash and a number are of a size that can be written")
}

/// A time stamp whose signature holds. Who vouches for whoever made it is told by [`Timestamp::vouched`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    imprint: Imprint,
    algorithm: &'static digest::Algorithm,
    time: DateTime<Utc>,
    nonce: Option<Int>,
    authority: String,
    is_self_signed: bool,
    certificate: Vec<u8>,
    others: Vec<Vec<u8>>,
}

impl Timestamp {
    /// Reads a response, in DER, and checks that what it says is signed by the certificate that comes with it, and that
    /// this is one for time stamps which held at the time.
    pub fn parse(response: &[u8]) -> Result<Timestamp, TimestampError> {
        let signed = Signed::parse(response)?;
        let certificate = signed.certificate()?;
        let unreadable = |error: der::Error| TimestampError::Certificate(error.to_string());
        let known = Certificate::from_der(certificate).map_err(unreadable)?;
        let known = known.tbs_certificate();
        let authority = start(&known.subject().to_string());
        if !signed.names(known).map_err(unreadable)? {
            return Err(TimestampError::NoCertificate);
        }
        signed.check_signature(certificate, &authority)?;
        let usage: Option<(bool, ExtendedKeyUsage)> = known.get_extension().map_err(unreadable)?;
        if !matches!(&usage, Some((true, usage)) if usage.0 == [TIMESTAMPING]) {
            return Err(TimestampError::Purpose(authority));
        }
        let Info { imprint, time, nonce } = Info::parse(signed.content)?;
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
        let (from, to) = (seconds(known.validity().not_before), seconds(known.validity().not_after));
        // A certificate holds until its last second is over.
        if !(from..=to).contains(&time.timestamp()) {
            let written = |seconds| DateTime::from_timestamp(seconds, 0).map_or("never".to_string(), written);
            let (from, to, time) = (written(from), written(to), self::written(time));
            return Err(TimestampError::Validity { authority, from, to, time });
        }
        let algorithm = hash_algorithm(imprint.algorithm.oid)?;
        let is_self_signed = known.subject() == known.issuer();
        let others = signed.certificates.iter().filter(|other| **other != certificate);
        Ok(Timestamp {
            imprint,
            algorithm,
            time,
            nonce,
            authority,
            is_self_signed,
            certificate: certificate.to_vec(),
            others: others.map(|other| other.to_vec()).collect(),
        })
    }

    /// When the authority saw the hash: RFC 3339, UTC.
    pub fn time(&self) -> String {
        written(self.time)
    }

    /// Who says so: the subject of the certificate, as RFC 4514 writes it, cut where it is long.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// True where it is of these bytes.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        digest::digest(self.algorithm, bytes).as_ref() == self.imprint.hash.as_bytes()
    }

    /// Checks that it is of these bytes.
    pub fn check_bytes(&self, bytes: &[u8]) -> Result<(), TimestampError> {
        if self.is_of(bytes) {
            return Ok(());
        }
        let expected = hexadecimal(digest::digest(self.algorithm, bytes).as_ref());
        Err(TimestampError::Imprint { expected, found: self.imprint() })
    }

    /// The hash that it is of, in hexadecimal digits.
    pub fn imprint(&self) -> String {
        hexadecimal(self.imprint.hash.as_bytes())
    }

    /// Checks that it answers the request that had this nonce.
    pub fn check_nonce(&self, nonce: u64) -> Result<(), TimestampError> {
        let sent = nonce.to_der().ok();
        let found = self.nonce.as_ref().and_then(|nonce| nonce.to_der().ok());
        if sent.is_some() && sent == found { Ok(()) } else { Err(TimestampError::Nonce) }
    }

    /// True where nobody but the authority itself signed its certificate.
    pub fn is_self_signed(&self) -> bool {
        self.is_self_signed
    }

    /// The checkpoint that it is of.
    pub fn checkpoint<'k>(&self, kept: &'k [SignedCheckpoint]) -> Option<&'k SignedCheckpoint> {
        kept.iter().find(|signed| self.is_of(signed.note().text().as_bytes()))
    }

    /// The stamp as it is shown: its number, and whether a root vouched, where that was asked.
    pub fn view(&self, number: u64, of: &SignedCheckpoint, vouched: Option<bool>) -> TimestampView {
        let (entries, authority) = (of.checkpoint().size(), self.authority.clone());
        TimestampView { number, entries, time: self.time(), authority, vouched }
    }

    /// Whether one of the roots vouches for the authority: its certificate is one of them, or leads to one of them through
    /// those in the response, all of which held at the time of the stamp. False where there are no roots, so that nobody
    /// could; an error where there are, and none of them does.
    pub fn vouched(&self, roots: &Roots) -> Result<bool, TimestampError> {
        if roots.is_none() {
            return Ok(false);
        }
        if roots.0.iter().any(|root| root.as_ref() == self.certificate) {
            return Ok(true);
        }
        if self.is_self_signed {
            return Err(TimestampError::SelfSigned(self.authority.clone()));
        }
        let refused = |error| TimestampError::Chain { authority: self.authority.clone(), error };
        let anchors: Vec<TrustAnchor> = roots
            .0
            .iter()
            .filter(|root| held(root, self.time))
            .filter_map(|root| webpki::anchor_from_trusted_cert(root).ok())
            .collect();
        let others: Vec<CertificateDer> =
            self.others.iter().map(|other| CertificateDer::from(other.as_slice())).collect();
        let certificate = CertificateDer::from(self.certificate.as_slice());
        let certificate = webpki::EndEntityCert::try_from(&certificate).map_err(refused)?;
        let seconds = u64::try_from(self.time.timestamp()).unwrap_or(0);
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        // Of the certificates between, those that say what they are for have to be for this; the first was looked at.
        let usage = webpki::KeyUsage::required_if_present(TIMESTAMPING.as_bytes());
        let known = webpki::ALL_VERIFICATION_ALGS;
        certificate.verify_for_usage(known, &anchors, &others, time, usage, None, None).map_err(refused)?;
        Ok(true)
    }
}

/// True where a certificate holds at a time; which of a root is not asked otherwise.
fn held(certificate: &[u8], time: DateTime<Utc>) -> bool {
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    Certificate::from_der(certificate).is_ok_and(|known| {
        let validity = known.tbs_certificate().validity();
        (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&time.timestamp())
    })
}

/// Certificates that are believed, by whoever named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Reads a file of certificates in PEM; whatever else is in it is passed over.
    pub fn from_pem(pem: &[u8]) -> Result<Roots, RootsError> {
        let read: Result<Vec<CertificateDer>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let roots = read.map_err(|error| RootsError::Pem(error.to_string()))?;
        for (root, number) in roots.iter().zip(1..) {
            webpki::anchor_from_trusted_cert(root).map_err(|error| RootsError::Certificate { number, error })?;
        }
        if roots.is_empty() { Err(RootsError::None) } else { Ok(Roots(roots)) }
    }

    /// True where nobody is believed.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

/// A message that was taken apart, as the bytes that it came in.
struct Signed<'a> {
    /// What is said.
    content: &'a [u8],
    certificates: Vec<&'a [u8]>,
    /// Who signs: issuer and serial number of a certificate, or the id of its key.
    signer: AnyRef<'a>,
    hash: ObjectIdentifier,
    /// The signed attributes, as they stand in the message.
    attributes: &'a [u8],
    algorithm: ObjectIdentifier,
    signature: OctetString,
}

impl<'a> Signed<'a> {
    fn parse(response: &'a [u8]) -> Result<Signed<'a>, TimestampError> {
        let (status, token) = whole(response, |reader| {
            let status = reader.sequence(Status::read)?;
            let token = if reader.is_finished() { None } else { Some(reader.tlv_bytes()?) };
            Ok((status, token))
        })?;
        let token = token.filter(|_| status.is_granted()).ok_or_else(|| status.refusal())?;
        let (kind, message) = whole(token, content)?;
        if kind != SIGNED_DATA {
            return Err(TimestampError::Content(kind.to_string()));
        }
        let (kind, said, certificates, signers) = whole(message, |reader| {
            let (_version, _hashes): (u8, AnyRef) = (reader.decode()?, reader.decode()?);
            let (kind, said) = reader.sequence(content)?;
            let certificates = tagged(reader, 0)?.map_or(&[][..], AnyRef::value);
            let _revoked = tagged(reader, 1)?;
            let signers: AnyRef = reader.decode()?;
            signers.header().tag().assert_eq(Tag::Set)?;
            Ok((kind, said, certificates, signers.value()))
        })?;
        if kind != TIMESTAMP_INFO {
            return Err(TimestampError::Content(kind.to_string()));
        }
        let [signer] = each(signers)?[..] else { return Err(TimestampError::Signers(each(signers)?.len())) };
        // Other kinds of certificates have other tags.
        let is_certificate = |bytes: &&[u8]| bytes.first() == Some(&0x30);
        let certificates = each(certificates)?.into_iter().filter(is_certificate).collect();
        Ok(whole(signer, |reader| {
            let _version: u8 = reader.decode()?;
            let signer = reader.decode()?;
            let hash: AlgorithmIdentifierRef = reader.decode()?;
            let attributes = match reader.peek_byte() {
                Some(0xa0) => reader.tlv_bytes()?,
                _ => &[],
            };
            let algorithm: AlgorithmIdentifierRef = reader.decode()?;
            let signature = reader.decode()?;
            let _unsigned = tagged(reader, 1)?;
            let (hash, algorithm) = (hash.oid, algorithm.oid);
            let content = AnyRef::from_der(said)?.decode_as::<&der::asn1::OctetStringRef>()?.as_bytes();
            Ok(Signed { content, certificates, signer, hash, attributes, algorithm, signature })
        })?)
    }

    /// The one value of a signed attribute.
    fn attribute(&self, wanted: ObjectIdentifier, name: &'static str) -> Result<&'a [u8], TimestampError> {
        self.attributes_of(wanted)?.ok_or(TimestampError::Attribute(name))
    }

    /// The one value of a signed attribute; none where it is not there, or not once.
    fn attributes_of(&self, wanted: ObjectIdentifier) -> Result<Option<&'a [u8]>, TimestampError> {
        let mut values = Vec::new();
        let all = if self.attributes.is_empty() { &[] } else { AnyRef::from_der(self.attributes)?.value() };
        for attribute in each(all)? {
            let (kind, found) =
                whole(attribute, |reader| Ok((ObjectIdentifier::decode(reader)?, AnyRef::decode(reader)?)))?;
            if kind == wanted {
                values.extend(each(found.value())?);
            }
        }
        Ok(if let [value] = values[..] { Some(value) } else { None })
    }

    /// The certificate of who signed: the one whose hash is signed.
    fn certificate(&self) -> Result<&'a [u8], TimestampError> {
        let mut hashes = Vec::new();
        if let Some(value) = self.attributes_of(SIGNING_CERTIFICATE_V2)? {
            hashes.push(whole(value, |reader| first_hash(reader, true))?);
        }
        if let Some(value) = self.attributes_of(SIGNING_CERTIFICATE)? {
            hashes.push(whole(value, |reader| first_hash(reader, false))?);
        }
        if hashes.is_empty() {
            return Err(TimestampError::Attribute("hash of its certificate"));
        }
        let mut left = self.certificates.clone();
        for (algorithm, hash) in hashes {
            let algorithm = algorithm.map_or(Ok(&digest::SHA1_FOR_LEGACY_USE_ONLY), hash_algorithm)?;
            left.retain(|certificate| digest::digest(algorithm, certificate).as_ref() == hash);
        }
        left.first().copied().ok_or(TimestampError::NoCertificate)
    }

    /// True where the message names that certificate as the signer's. Nobody signs that; other programs go by it.
    fn names(&self, certificate: &x509_cert::TbsCertificate) -> Result<bool, der::Error> {
        if self.signer.header().tag() != Tag::Sequence {
            let id: Option<(bool, SubjectKeyIdentifier)> = certificate.get_extension()?;
            return Ok(id.is_some_and(|(_, id)| id.0.as_bytes() == self.signer.value()));
        }
        let (issuer, serial) = (certificate.issuer().to_der()?, certificate.serial_number().to_der()?);
        Ok(self.signer.value() == [issuer, serial].concat())
    }

    fn check_signature(&self, certificate: &[u8], authority: &str) -> Result<(), TimestampError> {
        let kind = ObjectIdentifier::from_der(self.attribute(CONTENT_TYPE, "kind of content")?)?;
        if kind != TIMESTAMP_INFO {
            return Err(TimestampError::Content(kind.to_string()));
        }
        let hash = OctetString::from_der(self.attribute(MESSAGE_DIGEST, "hash of what it says")?)?;
        if digest::digest(hash_algorithm(self.hash)?, self.content).as_ref() != hash.as_bytes() {
            return Err(TimestampError::Digest);
        }
        // They are signed with the tag of a set, and stand in the message with another.
        let mut message = self.attributes.to_vec();
        message[0] = 0x31;
        let der = CertificateDer::from(certificate);
        let certificate =
            webpki::EndEntityCert::try_from(&der).map_err(|error| TimestampError::Certificate(error.to_string()))?;
        let mut outcome = None;
        for algorithm in signature_algorithms(self.algorithm, self.hash) {
            let verified = certificate.verify_signature(algorithm, &message, self.signature.as_bytes());
            // The key says which curve it is.
            if !matches!(verified, Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_))) {
                outcome = Some(verified);
            }
        }
        match outcome {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) => Err(TimestampError::Signature(authority.to_string())),
            None => Err(TimestampError::Algorithm(format!("{} with {}", self.algorithm, self.hash))),
        }
    }
}

/// What an authority answers, beside a stamp or instead of one.
struct Status {
    number: u8,
    text: Vec<String>,
    failure: Option<BitString>,
}

impl Status {
    fn read(reader: &mut SliceReader) -> Result<Status, der::Error> {
        let number = reader.decode()?;
        let text: Option<Vec<String>> = reader.decode()?;
        Ok(Status { number, text: text.unwrap_or_default(), failure: reader.decode()? })
    }

    /// Granted, with changes or without.
    fn is_granted(&self) -> bool {
        self.number <= 1
    }

    fn refusal(&self) -> TimestampError {
        const STATUS: [&str; 6] = [
            "granted",
            "granted with changes",
            "rejection",
            "waiting",
            "revocation warning",
            "revocation notification",
        ];
        const FAILURE: [(usize, &str); 8] = [
            (0, "unknown algorithm"),
            (2, "bad request"),
            (5, "bad data format"),
            (14, "no time available"),
            (15, "policy not accepted"),
            (16, "extension not accepted"),
            (17, "information not available"),
            (25, "system failure"),
        ];
        let status =
            STATUS.get(usize::from(self.number)).map_or(format!("status {}", self.number), |name| name.to_string());
        let bits: Vec<bool> = self.failure.as_ref().map_or(Vec::new(), |bits| bits.bits().collect());
        let failures =
            FAILURE.iter().filter(|(bit, _)| bits.get(*bit) == Some(&true)).map(|(_, name)| name.to_string());
        TimestampError::Status { status, why: failures.chain(self.text.iter().map(|text| start(text))).collect() }
    }
}

/// What a time stamp says.
struct Info {
    imprint: Imprint,
    time: DateTime<Utc>,
    nonce: Option<Int>,
}

impl Info {
    fn parse(content: &[u8]) -> Result<Info, TimestampError> {
        let (version, imprint, time, nonce) = whole(content, |reader| {
            let version: u8 = reader.decode()?;
            let _policy: ObjectIdentifier = reader.decode()?;
            let imprint = reader.decode()?;
            let _serial: Int = reader.decode()?;
            let time: AnyRef = reader.decode()?;
            time.header().tag().assert_eq(Tag::GeneralizedTime)?;
            if !reader.is_finished() && Tag::peek(reader)? == Tag::Sequence {
                let _accuracy: AnyRef = reader.decode()?;
            }
            let _ordering: Option<bool> = reader.decode()?;
            let nonce: Option<Int> = reader.decode()?;
            let (_authority, _extensions) = (tagged(reader, 0)?, tagged(reader, 1)?);
            Ok((version, imprint, time.value(), nonce))
        })?;
        if version != 1 {
            return Err(TimestampError::Content(format!("version {version} of a time stamp")));
        }
        let written = String::from_utf8_lossy(time);
        let time =
            time_of(&written).ok_or_else(|| TimestampError::Content(format!("the time `{}`", start(&written))))?;
        Ok(Info { imprint, time, nonce })
    }
}

/// A time in ASN.1, with as many places of a second as there are: `20250626100000.25Z`.
fn time_of(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix('Z')?;
    let (whole, part) = text.split_at_checked(14)?;
    let places = part.strip_prefix('.').unwrap_or("0");
    let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain(whole) || !is_plain(places) || (!part.is_empty() && !part.starts_with('.')) {
        return None;
    }
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.f").ok().map(|time| time.and_utc())
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// All of these bytes, as one sequence.
fn whole<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut SliceReader<'a>) -> Result<T, der::Error>,
) -> Result<T, der::Error> {
    AnyRef::from_der(bytes)?.sequence(read)
}

/// What kind of content it is, and the content under its tag.
fn content<'a>(reader: &mut SliceReader<'a>) -> Result<(ObjectIdentifier, &'a [u8]), der::Error> {
    let kind = reader.decode()?;
    let content = tagged(reader, 0)?.ok_or_else(|| reader.error(der::ErrorKind::Failed))?;
    Ok((kind, content.value()))
}

/// What comes next, where it has this tag.
fn tagged<'a>(reader: &mut SliceReader<'a>, number: u8) -> Result<Option<AnyRef<'a>>, der::Error> {
    match reader.peek_byte() {
        Some(byte) if byte == 0xa0 | number => reader.decode().map(Some),
        _ => Ok(None),
    }
}

/// What stands one after the other.
fn each(bytes: &[u8]) -> Result<Vec<&[u8]>, der::Error> {
    let (mut reader, mut all) = (SliceReader::new(bytes)?, Vec::new());
    while !reader.is_finished() {
        all.push(reader.tlv_bytes()?);
    }
    Ok(all)
}

/// The hash of the signer's certificate, the first of a list: in the second version with what it is hashed with, SHA-256
/// where that is not said.
fn first_hash<'a>(
    reader: &mut SliceReader<'a>,
    is_second: bool,
) -> Result<(Option<ObjectIdentifier>, &'a [u8]), der::Error> {
    let list: AnyRef = reader.decode()?;
    list.header().tag().assert_eq(Tag::Sequence)?;
    let _policies: Option<AnyRef> = if reader.is_finished() { None } else { Some(reader.decode()?) };
    let first = each(list.value())?.first().copied().unwrap_or_default();
    whole(first, |reader| {
        let algorithm = match is_second {
            true => Option::<AlgorithmIdentifierRef>::decode(reader)?.map_or(Some(SHA256), |named| Some(named.oid)),
            false => None,
        };
        let hash: &der::asn1::OctetStringRef = reader.decode()?;
        let _issuer: Option<AnyRef> = if reader.is_finished() { None } else { Some(reader.decode()?) };
        Ok((algorithm, hash.as_bytes()))
    })
}

fn hash_algorithm(wanted: ObjectIdentifier) -> Result<&'static digest::Algorithm, TimestampError> {
    let found = HASHES.iter().find(|(known, _)| *known == wanted).map(|(_, algorithm)| *algorithm);
    found.ok_or_else(|| TimestampError::Algorithm(wanted.to_string()))
}

/// What may have made a signature, where several because the key says which curve it is of.
fn signature_algorithms(
    named: ObjectIdentifier,
    hash: ObjectIdentifier,
) -> impl Iterator<Item = &'static dyn SignatureVerificationAlgorithm> {
    let fits = move |known: &&Signing| known.0 == named && known.1.is_none_or(|beside| beside == hash);
    SIGNATURES.iter().filter(fits).map(|(.., algorithm)| *algorithm)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn detail(why: &[String]) -> String {
    if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) }
}
