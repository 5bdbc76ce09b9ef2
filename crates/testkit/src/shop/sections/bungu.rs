//! Stationery in yen, in Japanese: no markup, radio buttons with data attributes, no canonical link.

use super::super::{
    languages,
    price_format::PriceFormat,
    section::{Axis, CanonicalHabit, Charset, Leaf, Section, VariantHabit},
    truth::Template,
};

pub(super) static SECTION: Section = Section {
    key: "bungu",
    name: "文具",
    language: &languages::JA,
    html_lang: "ja",
    price_format: PriceFormat::Jpy,
    template: Template::Bare,
    leaves: [
        Leaf {
            slug: "pen",
            name: "筆記具",
            count: 12,
            nouns: ["万年筆", "ボールペン", "シャープペンシル", "筆ペン", "色鉛筆セット"],
        },
        Leaf {
            slug: "kami",
            name: "ノート・紙製品",
            count: 10,
            nouns: ["糸綴じノート", "スケッチブック", "便箋セット", "手帳", "一筆箋"],
        },
    ],
    brands: ["雲色文具", "紙凪工房", "木霊ペン", "朝露製紙", "灯里堂"],
    series: ["霞", "東雲", "若竹", "藍鼠", "小春", "月白", "露草", "初雪", "山吹", "水面", "夕凪", "千歳", "花筏"],
    noun_first: false,
    colors: Axis { name: "色", values: &["藍", "朱", "墨", "若草"], changes_price: false },
    sizes: Axis { name: "サイズ", values: &["A6", "A5", "B5"], changes_price: true },
    variants: VariantHabit::RadioData,
    material_label: "素材",
    materials: ["和紙", "真鍮", "樺材", "樹脂", "再生紙"],
    origin_label: "生産地",
    origins: ["日本", "高知", "岐阜"],
    sentences: [
        "{}は、毎日手に取りたくなる道具を目指して作りました。",
        "職人が一つずつ仕上げ、検品しています。",
        "インクがにじみにくく、裏抜けしません。",
        "手になじむ重さで、長く書いても疲れません。",
        "箱は紙だけで作られ、そのまま贈り物になります。",
        "部品は一つから取り寄せできます。",
        "使うほどに色つやが深まります。",
        "小さな工房のため、仕上がりに少しずつ差があります。",
    ],
    prices: (480, 38000),
    endings: [0, 0, 0],
    path_shape: "/bungu/item/{id}/",
    id_prefix: "BG-",
    id_base: 95096,
    canonical: CanonicalHabit::Absent,
    charset: Charset::Utf8,
};
