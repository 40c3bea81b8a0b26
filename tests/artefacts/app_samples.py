"""Small apps of our own making, one of each format."""

import plistlib
from typing import Any

from tests.artefacts.making import arsc, axml, protobuf, zipped
from tests.artefacts.making import program as program

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" xmlns:tools="http://schemas.android.com/tools"
    package="com.lumaro.stridewell" android:versionCode="420" android:versionName="4.2.0">
  <uses-sdk android:minSdkVersion="28" android:targetSdkVersion="36" />
  <uses-permission android:name="android.permission.ACCESS_FINE_LOCATION" tools:node="merge" />
  <uses-permission android:name="android.permission.WRITE_EXTERNAL_STORAGE" android:maxSdkVersion="28" />
  <uses-permission android:name="android.permission.BLUETOOTH_SCAN" android:usesPermissionFlags="neverForLocation" />
  <uses-permission android:name="com.google.android.gms.permission.AD_ID" />
  <uses-permission android:name="android.permission.READ_PHONE_STATE" tools:node="remove" />
  <permission android:name="com.lumaro.stridewell.SYNC" android:protectionLevel="signature" />
  <queries><package android:name="com.example.maps" /><intent><action android:name="android.intent.action.VIEW" />
    <data android:scheme="https" /></intent></queries>
  <uses-feature android:name="android.hardware.bluetooth_le" android:required="true" />
  <application android:name="com.lumaro.App" android:debuggable="true" android:allowBackup="true"
      android:usesCleartextTraffic="false" android:networkSecurityConfig="NETWORK" android:aiHint="new">
    <meta-data android:name="com.meterly.KEY" android:value="eu-1" />
    <activity android:name=".Main" android:exported="true">
      <intent-filter><action android:name="android.intent.action.MAIN" /></intent-filter>
      <intent-filter android:autoVerify="true"><category android:name="android.intent.category.BROWSABLE" />
        <data android:scheme="https" android:host="stridewell.example" /></intent-filter>
      <intent-filter><category android:name="android.intent.category.BROWSABLE" />
        <data android:scheme="stridewell" /></intent-filter>
    </activity>
    <provider android:name="com.adspire.Install" android:authorities="com.lumaro.adspire" android:exported="true"
        android:grantUriPermissions="true" />
    <service android:name="com.lumaro.Track" android:exported="false" android:foregroundServiceType="location" />
  </application>
</manifest>"""
TEXT_MANIFEST = MANIFEST.replace("NETWORK", "@xml/network")
NETWORK = """<network-security-config>
  <base-config cleartextTrafficPermitted="false">
    <trust-anchors><certificates src="system" /></trust-anchors></base-config>
  <domain-config cleartextTrafficPermitted="true"><domain includeSubdomains="true">Legacy.Stridewell.example</domain>
    <domain-config><domain>deep.stridewell.example</domain></domain-config></domain-config>
  <domain-config><domain>api.stridewell.example</domain><pin-set expiration="2026-12-31"><pin digest="SHA-256">a=</pin>
    <pin digest="SHA-256">b=</pin></pin-set></domain-config>
  <debug-overrides><trust-anchors><certificates src="user" /></trust-anchors></debug-overrides>
  <future>kept</future>
</network-security-config>"""

INFO: dict[str, Any] = {
    "CFBundleIdentifier": "com.lumaro.stridewell",
    "CFBundleExecutable": "Stridewell",
    "CFBundleShortVersionString": "4.2.0",
    "CFBundleVersion": "420",
    "MinimumOSVersion": "16.0",
    "NSLocationWhenInUseUsageDescription": "To draw your route.",
    "NSAppTransportSecurity": {
        "NSAllowsArbitraryLoads": False,
        "NSExceptionDomains": {"Legacy.Stridewell.example": {"NSExceptionAllowsInsecureHTTPLoads": True}},
        "NSPinnedDomains": {"api.stridewell.example": {"NSPinnedLeafIdentities": [{"SPKI-SHA256-BASE64": "a="}]}},
    },
    "CFBundleURLTypes": [{"CFBundleURLSchemes": ["stridewell"]}],
    "LSApplicationQueriesSchemes": ["maps"],
    "UIBackgroundModes": ["location"],
    "SKAdNetworkItems": [{"SKAdNetworkIdentifier": "ABC.skadnetwork"}],
    "ITSAppUsesNonExemptEncryption": False,
    "NSFutureKey": {"deep": [1]},
}
PRIVACY: dict[str, Any] = {
    "NSPrivacyTracking": True,
    "NSPrivacyTrackingDomains": ["Track.adspire.example"],
    "NSPrivacyCollectedDataTypes": [
        {
            "NSPrivacyCollectedDataType": "NSPrivacyCollectedDataTypePreciseLocation",
            "NSPrivacyCollectedDataTypeLinked": True,
            "NSPrivacyCollectedDataTypeTracking": False,
            "NSPrivacyCollectedDataTypePurposes": ["NSPrivacyCollectedDataTypePurposeAppFunctionality"],
        }
    ],
    "NSPrivacyAccessedAPITypes": [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryUserDefaults",
            "NSPrivacyAccessedAPITypeReasons": ["CA92.1"],
        }
    ],
    "NSPrivacyFuture": "kept",
}
RIGHTS: dict[str, Any] = {
    "application-identifier": "ABCDE12345.com.lumaro.stridewell",
    "get-task-allow": True,
    "com.apple.developer.associated-domains": ["applinks:stridewell.example?mode=developer"],
    "com.apple.developer.healthkit": True,
}
PROFILE = {"Entitlements": RIGHTS, "TeamName": "Lumaro", "Name": "Store", "ExpirationDate": "2027-01-01"}
SPDX: dict[str, Any] = {
    "spdxVersion": "SPDX-2.3",
    "documentDescribes": ["SPDXRef-app"],
    "creationInfo": {"creators": ["Tool: sbom-maker-2.0", "Organization: Lumaro"]},
    "packages": [
        {"SPDXID": "SPDXRef-app", "name": "stridewell", "versionInfo": "4.2.0"},
        {
            "SPDXID": "SPDXRef-core",
            "name": "netcore",
            "versionInfo": "4.9.0",
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "Apache-2.0",
            "supplier": "Organization: Example",
            "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:maven/com.example/netcore@4.9.0"}],
        },
    ],
}


APP_STORE = [
    {"category": "PRECISE_LOCATION", "purposes": ["APP_FUNCTIONALITY"], "data_protections": ["DATA_LINKED_TO_YOU"]}
]
PLAY = """Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Label
PSL_SUPPORTED_ACCOUNT_CREATION_METHODS,PSL_ACM_USER_ID_PASSWORD,TRUE,MULTIPLE_CHOICE,Accounts
PSL_DATA_TYPES_LOCATION,PSL_PRECISE_LOCATION,true,MULTIPLE_CHOICE,Precise
PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_COLLECTED,true,,
PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:PSL_DATA_USAGE_EPHEMERAL,,false,,
"""


def plist(value: Any, binary: bool = False) -> bytes:
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY if binary else plistlib.FMT_XML)


def apk() -> bytes:
    return zipped(
        ("AndroidManifest.xml", axml(MANIFEST.replace("NETWORK", "@0x7f010000"))),
        ("resources.arsc", arsc("res/a1.xml")),
        ("res/a1.xml", axml(NETWORK, utf8=False)),
        ("META-INF/com.adspire_install.version", "3.1.0\n"),
        ("meterly-analytics.properties", "version=17.0\nclient=meterly-analytics\n"),
        ("lib/arm64-v8a/libstride.so", b"\x7fELF"),
    )


def aab() -> bytes:
    library = b"\x0a\x0bcom.adspire\x12\x07install\x2a\x053.1.0"
    wrapped = bytes([0x0A, len(library)]) + library
    return zipped(
        ("BundleConfig.pb", b"\x0a\x00"),
        ("base/manifest/AndroidManifest.xml", protobuf(TEXT_MANIFEST)),
        ("base/res/xml/network.xml", protobuf(NETWORK)),
        (
            "BUNDLE-METADATA/com.android.tools.build.libraries/dependencies.pb",
            bytes([0x0A, len(wrapped)]) + wrapped,
        ),
    )


def ipa() -> bytes:
    app = "Payload/Stridewell.app"
    return zipped(
        (f"{app}/Info.plist", plist(INFO, binary=True)),
        (f"{app}/PrivacyInfo.xcprivacy", plist(PRIVACY)),
        (f"{app}/Stridewell", program(plist(RIGHTS))),
        (f"{app}/embedded.mobileprovision", b"\x30\x82\x01\x00" + plist(PROFILE) + b"\0signature"),
        (f"{app}/Frameworks/Adspire.framework/Info.plist", plist({"CFBundleIdentifier": "com.adspire.ios"})),
        (f"{app}/Frameworks/Adspire.framework/PrivacyInfo.xcprivacy", plist(PRIVACY, binary=True)),
        (f"{app}/Frameworks/Meterly.framework/Info.plist", plist({"CFBundleShortVersionString": "17.0"})),
        (f"{app}/PlugIns/Widget.appex/Info.plist", plist({**INFO, "CFBundleIdentifier": "com.lumaro.widget"})),
    )
