//! Which IP addresses are on the public internet, by the special-purpose registries of IANA. An IPv6 address that carries an IPv4
//! address is judged by both, because a gateway would connect to the inner one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why the address is not on the public internet; `None` when it is.
#[must_use]
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

fn v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [0, ..] => Some("this network"),
        [127, ..] => Some("loopback"),
        [169, 254, 169, 254] => Some("cloud metadata"),
        [169, 254, ..] => Some("link-local"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("private network"),
        [100, 64..=127, ..] => Some("shared by a carrier's customers"),
        // Of 192.0.0.0/24 only two anycast addresses are global, and neither serves pages.
        [192, 0, 0, _] => Some("reserved for protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some("documentation"),
        [192, 88, 99, _] => Some("6to4 relay"),
        [198, 18..=19, ..] => Some("benchmarking"),
        [255, 255, 255, 255] => Some("broadcast"),
        [224..=239, ..] => Some("multicast"),
        [240..=255, ..] => Some("reserved"),
        _ => None,
    }
}

fn v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if address.is_loopback() {
        return Some("loopback");
    }
    let segments = address.segments();
    match segments {
        // IPv4-mapped, IPv4-compatible, and NAT64: an IPv4 address in other clothes.
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => v4(embedded(segments[6], segments[7])),
        [0x64, 0xff9b, 1, ..] => Some("local translation to IPv4"),
        [0x2002, high, low, ..] => v4(embedded(high, low)),
        // Teredo: the server, and the client with its bits turned over.
        [0x2001, 0, server_high, server_low, _, _, client_high, client_low] => {
            v4(embedded(server_high, server_low)).or_else(|| v4(embedded(!client_high, !client_low)))
        }
        [0x2001, 2, 0, ..] => Some("benchmarking"),
        [0x2001, 0x10..=0x3f, ..] => Some("identifiers, not addresses"),
        [0x2001, 0xdb8, ..] | [0x3ff0..=0x3fff, ..] if is_documentation(segments) => Some("documentation"),
        [0xfc00..=0xfdff, ..] => Some("private network"),
        [0xfe80..=0xfebf, ..] => Some("link-local"),
        [0xfec0..=0xfeff, ..] => Some("site-local"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        // ISATAP: the interface part carries an IPv4 address.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => v4(embedded(high, low)),
        [0x2000..=0x3fff, ..] => None,
        // Only 2000::/3 has been given out for the internet.
        _ => Some("reserved"),
    }
}

const fn is_documentation(segments: [u16; 8]) -> bool {
    // 2001:db8::/32, and 3fff::/20 of RFC 9637.
    (segments[0] == 0x2001 && segments[1] == 0xdb8) || (segments[0] == 0x3fff && segments[1] < 0x1000)
}

const fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_and_not() {
        for (address, expected) in [
            ("1.1.1.1", None),
            ("8.8.8.8", None),
            ("93.184.216.34", None),
            ("9.255.255.255", None),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.128.0.0", None),
            ("126.255.255.255", None),
            ("128.0.0.1", None),
            ("169.253.255.255", None),
            ("172.15.255.255", None),
            ("172.32.0.0", None),
            ("192.167.255.255", None),
            ("192.169.0.0", None),
            ("198.17.255.255", None),
            ("198.20.0.0", None),
            ("223.255.255.255", None),
            ("0.0.0.0", Some("this network")),
            ("0.1.2.3", Some("this network")),
            ("10.0.0.1", Some("private network")),
            ("10.255.255.255", Some("private network")),
            ("100.64.0.1", Some("shared by a carrier's customers")),
            ("100.127.255.255", Some("shared by a carrier's customers")),
            ("127.0.0.1", Some("loopback")),
            ("127.255.255.254", Some("loopback")),
            ("169.254.0.1", Some("link-local")),
            ("169.254.169.254", Some("cloud metadata")),
            ("172.16.0.1", Some("private network")),
            ("172.31.255.255", Some("private network")),
            ("192.0.0.1", Some("reserved for protocols")),
            ("192.0.2.1", Some("documentation")),
            ("192.88.99.1", Some("6to4 relay")),
            ("192.168.1.1", Some("private network")),
            ("198.18.0.1", Some("benchmarking")),
            ("198.19.255.255", Some("benchmarking")),
            ("198.51.100.1", Some("documentation")),
            ("203.0.113.1", Some("documentation")),
            ("224.0.0.1", Some("multicast")),
            ("239.255.255.255", Some("multicast")),
            ("240.0.0.1", Some("reserved")),
            ("255.255.255.255", Some("broadcast")),
            ("2606:4700:4700::1111", None),
            ("2a00:1450:4001:800::200e", None),
            ("2001:4860:4860::8888", None),
            ("3ffe::1", None),
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::ffff:127.0.0.1", Some("loopback")),
            ("::ffff:10.0.0.1", Some("private network")),
            ("::ffff:8.8.8.8", None),
            ("::127.0.0.1", Some("loopback")),
            ("::192.168.0.1", Some("private network")),
            ("64:ff9b::169.254.169.254", Some("cloud metadata")),
            ("64:ff9b::8.8.8.8", None),
            ("64:ff9b:1::8.8.8.8", Some("local translation to IPv4")),
            ("2002:7f00:1::", Some("loopback")),
            ("2002:c0a8:101::1", Some("private network")),
            ("2002:808:808::1", None),
            ("2001:0:7f00:1::", Some("loopback")),
            ("2001:0:808:808:0:0:80ff:fffe", Some("loopback")),
            ("2001:0:808:808:0:0:f7f7:f7f7", None),
            ("2001:2::1", Some("benchmarking")),
            ("2001:10::1", Some("identifiers, not addresses")),
            ("2001:db8::1", Some("documentation")),
            ("3fff::1", Some("documentation")),
            ("100::1", Some("reserved")),
            ("5f00::1", Some("reserved")),
            ("4000::1", Some("reserved")),
            ("fc00::1", Some("private network")),
            ("fd00:ec2::254", Some("private network")),
            ("fe80::1", Some("link-local")),
            ("fec0::1", Some("site-local")),
            ("ff02::1", Some("multicast")),
            ("2606:4700::5efe:127.0.0.1", Some("loopback")),
            ("2606:4700::200:5efe:a00:1", Some("private network")),
        ] {
            assert_eq!(not_public(address.parse().unwrap()), expected, "{address}");
        }
    }
}
