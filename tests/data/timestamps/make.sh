#!/usr/bin/env bash
# Makes the time stamps that tests/it/timestamps.rs reads, with OpenSSL 3 alone. They hold however old they get: a certificate
# is judged at the time of its stamp. Keys are thrown away; run again, all files change, and the tests still hold.
#
# What is stamped is the checkpoint of docs/record-format.md over one entry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f ./*.tsr ./*.tsq ./*.pem
cd "$work"

printf 'example.org/harbour\n1\nQt9cN6I+vbOlPKddlcfbf2foLHNQ7Zd/pyORT+EmBME=\n' >text
printf 'example.org/harbour\n2\nQt9cN6I+vbOlPKddlcfbf2foLHNQ7Zd/pyORT+EmBME=\n' >other

cat >openssl.cnf <<'C'
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[tsa]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[not-critical]
extendedKeyUsage = timeStamping
[two-purposes]
extendedKeyUsage = critical, timeStamping, codeSigning
[code-signing]
extendedKeyUsage = critical, codeSigning
[no-purpose]
basicConstraints = CA:FALSE
[self-signed]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
[self-signed-ca]
basicConstraints = critical, CA:TRUE
extendedKeyUsage = critical, timeStamping
[req]
distinguished_name = name
[name]
[ca]
default_ca = past
[past]
database = index
serial = issued
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
organizationName = optional
[ts]
serial = serial
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
C
export OPENSSL_CONF=$work/openssl.cnf
touch index
echo 01 | tee serial >issued

key() { # NAME rsa|P-256|P-384
  case $2 in
  rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
  *) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -out "$1.key" ;;
  esac
}
self() { # NAME KIND SUBJECT EXTENSIONS: a certificate signed by its own key
  key "$1" "$2"
  openssl req -x509 -new -key "$1.key" -subj "$3" -extensions "$4" -days 36500 -set_serial 1 -sha256 -out "$1.pem"
}
issued() { # NAME KIND SUBJECT EXTENSIONS ISSUER [DAYS]
  key "$1" "$2"
  openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$5.pem" -CAkey "$5.key" -set_serial 2 -days 36500 -sha256 \
    -extfile openssl.cnf -extensions "$4" -out "$1.pem" 2>/dev/null
}
request() { # NAME FILE DIGEST [OPTION…]
  openssl ts -query -data "$2" "-$3" "${@:4}" -out "$1.tsq" 2>/dev/null
}
reply() { # NAME TSA REQUEST DIGEST ESS [CHAIN [SETTING]]
  openssl ts -reply -queryfile "$3.tsq" -section ts -signer "$2.pem" -inkey "$2.key" ${6:+-chain "$6"} \
    -config <(sed "\$a signer_digest = $4\ness_cert_id_alg = $5\n${7:-}" openssl.cnf) -out "$1.tsr" 2>/dev/null
}
# As `reply`, of a certificate that OpenSSL signs no time stamps with: the content of another stamp, signed anew.
forged() { # NAME TSA CONTENT [OPTION…]
  openssl ts -reply -in "$3.tsr" -token_out -out token 2>/dev/null
  openssl cms -verify -noverify -nosigs -inform DER -in token -out content 2>/dev/null
  openssl cms -sign -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -md sha256 -in content \
    -signer "$2.pem" -inkey "$2.key" "${@:4}" -outform DER -out token
  openssl ts -reply -in token -token_in -out "$1.tsr" 2>/dev/null
}

# Certificates, all of them before the first stamp: two roots, one of which vouches for nobody, and an authority between.
self root rsa '/O=Example/CN=Root' root
self other-root P-256 '/O=Other/CN=Root' root
issued between P-384 '/O=Example/CN=Between' root root
issued rsa rsa '/O=Example/CN=Time Stamps R' tsa between
issued p256 P-256 '/O=Example/CN=Time Stamps E' tsa root
issued p384 P-384 '/O=Example/CN=Time Stamps F' tsa root
for purpose in not-critical two-purposes code-signing no-purpose; do
  issued $purpose P-256 "/CN=$purpose" $purpose root
done
self self-signed P-256 '/CN=Nobody' self-signed
self self-signed-ca P-256 '/CN=Nobody else' self-signed-ca
# In 2020 only, and the stamp is of today.
key expired P-256
openssl req -new -key expired.key -subj '/CN=Expired' -out expired.csr
openssl ca -batch -notext -in expired.csr -cert root.pem -keyfile root.key -extfile openssl.cnf -extensions tsa \
  -startdate 20200101000000Z -enddate 20201231000000Z -out expired.pem 2>/dev/null

request text text sha256 -cert -no_nonce
request bare text sha256 -no_nonce
request sha512 text sha512 -cert -no_nonce
request other other sha256 -cert -no_nonce
request policy text sha256 -cert -no_nonce -tspolicy 1.2.3.4
# The one that onrecord makes where its salt is 01 to 08.
cat >nonce.cnf <<C
asn1 = SEQUENCE:request
[request]
version = INTEGER:1
imprint = SEQUENCE:imprint
nonce = INTEGER:0x0102030405060708
certificate = BOOLEAN:true
[imprint]
algorithm = SEQUENCE:algorithm
hash = FORMAT:HEX,OCTETSTRING:$(openssl dgst -sha256 -r text | cut -d' ' -f1)
[algorithm]
name = OID:SHA256
none = NULL
C
openssl asn1parse -genconf nonce.cnf -noout -out nonce.tsq

reply rsa rsa text sha256 sha256 between.pem
reply rsa-v1 rsa text sha256 sha1 between.pem
reply p256 p256 text sha256 sha256
reply p384 p384 text sha384 sha384
# With all that a stamp may say besides.
reply sha512 rsa sha512 sha512 sha512 between.pem 'tsa_name = yes\nordering = yes\nclock_precision_digits = 3'
reply nonce p256 nonce sha256 sha256
reply bare p256 bare sha256 sha256
reply other p256 other sha256 sha256
reply policy p256 policy sha256 sha256
reply sha1 rsa text sha1 sha256 between.pem

for purpose in not-critical two-purposes code-signing no-purpose; do
  forged $purpose $purpose p256 -cades
done
# The same by a certificate that may: all that differs is the purpose.
forged forged p256 p256 -cades
# Without the hash of the certificate, and signed twice.
forged nameless p256 p256
forged twice p256 p256 -cades -signer p384.pem -inkey p384.key

forged self-signed self-signed p256 -cades
forged self-signed-ca self-signed-ca p256 -cades
forged expired expired p256 -cades

cp root.pem other-root.pem self-signed.pem self-signed-ca.pem nonce.tsq \
  {rsa,rsa-v1,p256,p384,sha512,nonce,bare,other,policy,sha1,not-critical,two-purposes,code-signing,no-purpose,forged,nameless,twice}.tsr \
  {self-signed,self-signed-ca,expired}.tsr "$here"
