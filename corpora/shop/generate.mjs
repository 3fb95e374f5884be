// Makes the derived files of the bundled shop, Lumen & Loom (光织), from products.csv.
//
//     node corpora/shop/generate.mjs        from the repository root (Node 20, no dependencies)
//
// Writes, beside this file:
//   images/<id>.svg    one flat drawing per product. The shape follows the category and the words of the
//                      English title; a colour named there is used, else the hash of the id picks one.
//   interactions.csv   user,item,event,timestamp: SHOPPERS simulated people over DAYS days before END.
// Nothing but SEED and products.csv decides the bytes: only + - * / and integer operations are used, so
// every machine writes the same files.
//
// The planted truth of interactions.csv, for judging a recommender. Each shopper belongs to one cluster:
//
//   cluster      categories (the first ones are likelier)                     words that attract   price level
//   audio        headphones, earbuds, speakers                                studio, noise        mid, high
//   commuter     bags, earbuds, chargers, laptops, jackets                    commuter, folding    mid
//   runner       sneakers, smartwatches, earbuds, tshirts                     running, sport       mid
//   photographer cameras, bags, laptops, phones                               camera, creator      high
//   gamer        keyboards, headphones, laptops, tshirts, phones, speakers    gaming, gamer        mid, high
//   minimalist   tshirts, accessories, bags, sneakers                         basic, white, black  low, mid
//   dresser      dresses, accessories, bags, jackets                          silk, leather        mid, high
//   parent       smartwatches, cameras, tshirts, sneakers, dresses, phones    kids, family         low, mid
//   outdoor      jackets, sneakers, chargers, bags, phones, cameras           outdoor, trail       mid, high
//   student      phones, laptops, earbuds, keyboards, chargers                student, mini        low
//
// A shopper likes 1-3 of the cluster's categories (LIKED of the picks), brushes the cluster's other ones
// (the rest), and with 10-15 % of the events strays anywhere else in the shop (noise). Within a category
// the weight of an item is price fit x attracting words x Zipf popularity (one ranking for everyone).
// Events follow the funnel view > click > cart > purchase; a later step never comes without the earlier.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const SEED = 20261101;
const SHOPPERS = 500;
const DAYS = 90;
const END = Date.UTC(2026, 10, 1);
const LIKED = 0.82;
const HERE = new URL('.', import.meta.url);

// ---------------------------------------------------------------- catalogue

/** RFC 4180 text -> rows of fields. */
function parseCsv(text) {
  const rows = [];
  let row = [],
    field = '',
    quoted = false;
  for (let i = 0; i < text.length; i++) {
    const ch = text[i];
    if (quoted) {
      if (ch !== '"') field += ch;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (ch === '"') quoted = true;
    else if (ch === ',') {
      row.push(field);
      field = '';
    } else if (ch === '\n') {
      row.push(field);
      rows.push(row);
      row = [];
      field = '';
    } else if (ch !== '\r') field += ch;
  }
  if (field || row.length) {
    row.push(field);
    rows.push(row);
  }
  return rows;
}

/** The English row of every product, with `words` (lower-case title and description) and price `level` 0-2. */
function loadProducts() {
  const [head, ...rows] = parseCsv(readFileSync(new URL('products.csv', HERE), 'utf8'));
  const products = rows
    .map((r) => Object.fromEntries(head.map((name, i) => [name, r[i]])))
    .filter((p) => p.lang === 'en')
    .map((p) => ({
      ...p,
      price: Number(p.price),
      name: p.title.toLowerCase(),
      words: `${p.title} ${p.description}`.toLowerCase(),
    }));
  for (const p of products) {
    const peers = products.filter((q) => q.category === p.category);
    const cheaper = peers.filter((q) => q.price < p.price).length;
    p.level = Math.floor((cheaper * 3) / peers.length);
  }
  return products;
}

/** FNV-1a, 32 bits. */
function hash(text) {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 2246822507) >>> 0;
  return (h ^ (h >>> 13)) >>> 0;
}

// ---------------------------------------------------------------- drawings
// Canvas 400 x 400, ground line near y 330. A drawing function gets the ink `k`: m main, d dark, l light,
// a accent, s screen or lens, n product name, v(n) a stable number below n; it returns SVG text.

const COLOURS = {
  // main, dark, light, accents, backgrounds (soft, stronger)
  black: ['#3a3e49', '#23262e', '#646a78', ['#f2b441', '#ef7d57', '#7fc4bd'], [0, 1, 3, 5]],
  white: ['#fbfaf6', '#d5d0c6', '#ffffff', ['#ef7d57', '#4fa3a5', '#6c8ed4'], [8, 9, 10]],
  grey: ['#9aa2ad', '#6f7884', '#c9ced5', ['#f2b441', '#ef7d57', '#4fa3a5'], [0, 3, 5]],
  beige: ['#dcc5a1', '#b5986d', '#f0e3cd', ['#c8654a', '#4f7f78', '#8b5e3c'], [1, 8, 4]],
  brown: ['#93654a', '#694531', '#bd8f70', ['#f0c98b', '#e9a15b', '#a8c3b4'], [0, 5, 4]],
  red: ['#d0524b', '#9c3638', '#ea8d84', ['#f7d9a8', '#f4f1ea', '#f2b441'], [0, 1, 3]],
  orange: ['#e88b45', '#b9652c', '#f5b985', ['#2f6f78', '#f8ead0', '#35506e'], [1, 6, 0]],
  yellow: ['#edc050', '#c2943a', '#f7dc95', ['#d9694f', '#47737d', '#fff6dd'], [6, 1, 2]],
  green: ['#629674', '#41705a', '#98c2a4', ['#f2c25b', '#f4e9d4', '#ee8a63'], [0, 5, 3]],
  blue: ['#4e7fb9', '#345f92', '#8db1da', ['#f5c45e', '#f3876a', '#f2efe6'], [0, 5, 3]],
  purple: ['#866fb3', '#5f4c8b', '#b3a1d5', ['#f5cb6e', '#f09a8c', '#ece6f5'], [2, 5, 1]],
  pink: ['#e295a4', '#b96f82', '#f3c3cc', ['#fff1ea', '#7a5a8c', '#f0b75c'], [3, 2, 1]],
};
const HUES = Object.keys(COLOURS);
const PLAIN = HUES.filter((name) => !/white|beige|brown/.test(name)); // for titles that name no colour
const GROUNDS = [
  ['#f5eee3', '#eadcc6'],
  ['#e8f0f0', '#d2e2e2'],
  ['#efebf5', '#ded6ea'],
  ['#f7eae6', '#efd5cc'],
  ['#eaf1e6', '#d5e3cd'],
  ['#f8f1dc', '#efe0b6'],
  ['#e8edf6', '#d2dded'],
  ['#efece8', '#dfd9d1'],
  ['#d5e3e5', '#b4cdd2'],
  ['#ddd6e8', '#c3b8d6'],
  ['#ebcfc4', '#dcb3a4'],
];

const rect = (x, y, w, h, rx, fill, more = '') =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${rx}" fill="${fill}"${more}/>`;
const disc = (x, y, r, fill, more = '') => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"${more}/>`;
const oval = (x, y, rx, ry, fill, more = '') =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"${more}/>`;
const area = (d, fill, more = '') => `<path d="${d}" fill="${fill}"${more}/>`;
const line = (d, stroke, w, more = '') =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${w}" stroke-linecap="round" stroke-linejoin="round"${more}/>`;
const flip = (s) => `<g transform="matrix(-1 0 0 1 400 0)">${s}</g>`;
const both = (s) => s + flip(s);
const turn = (deg, s, x = 200, y = 200) => `<g transform="rotate(${deg} ${x} ${y})">${s}</g>`;
const dashed = (d) => ` stroke-dasharray="${d}"`;
const faint = ' opacity=".35"';

/** First drawing whose pattern matches the name; the last entry is the default. */
const pick = (k, table) => table.find(([pattern]) => pattern.test(k.n))[1](k);

function headphones(k) {
  if (/bone/.test(k.n)) {
    return (
      line('M112 190C112 80 288 80 288 190', k.d, 14) +
      both(
        line('M112 186V214Q112 236 132 242', k.m, 20) +
          rect(120, 226, 46, 56, 20, k.m) +
          rect(142, 238, 24, 34, 10, k.a),
      )
    );
  }
  const band =
    line('M104 226V206A96 96 0 0 1 296 206V226', k.m, 24) +
    line('M142 141A96 96 0 0 1 258 141', k.d, 24) +
    line('M156 128A90 90 0 0 1 244 128', k.l, 5);
  const shape = k.v(3);
  const cup =
    rect(130, 214, 30, 96, 15, k.d) +
    (shape === 0
      ? oval(106, 262, 36, 56, k.m) + oval(106, 262, 22, 40, k.l) + oval(106, 262, 10, 20, k.a)
      : shape === 1
        ? rect(76, 206, 62, 112, 30, k.m) + rect(90, 226, 22, 72, 11, k.l) + disc(101, 262, 8, k.a)
        : rect(72, 210, 66, 104, 24, k.m) + line('M92 240V284M106 240V284M120 240V284', k.a, 6));
  const arm = line('M104 196V214', k.a, 8);
  const mic = /gaming/.test(k.n) ? line('M104 308Q116 346 176 338', k.s, 7) + rect(170, 328, 34, 18, 9, k.a) : '';
  const cord = /wired/.test(k.n) && !/wireless/.test(k.n) ? line('M106 316C110 372 210 316 216 356', k.s, 5) : '';
  return cord + band + both(cup + arm) + mic;
}

function earbuds(k) {
  if (/wired/.test(k.n)) {
    const bud =
      line('M158 178C150 240 200 230 200 280', k.m, 7) +
      rect(142, 150, 30, 50, 14, k.m) +
      turn(-30, rect(112, 128, 56, 40, 20, k.d) + rect(104, 136, 22, 24, 10, k.l), 140, 148);
    return both(bud) + line('M200 276V338', k.m, 8) + rect(190, 262, 20, 34, 8, k.a);
  }
  const hook = /hook/.test(k.n) ? line('M146 128C120 78 92 96 96 140', k.d, 9) : '';
  const stem =
    k.v(2) || /clip/.test(k.n)
      ? rect(140, 122, 30, 92, 15, k.m) + rect(150, 176, 10, 26, 5, k.a)
      : oval(158, 152, 32, 36, k.m) + disc(158, 154, 12, k.a);
  const bud = turn(-12, hook + rect(96, 122, 34, 36, 14, k.l) + rect(114, 112, 52, 56, 26, k.d) + stem, 150, 150);
  const box = k.v(3);
  const shell =
    box === 0
      ? rect(110, 232, 180, 98, 49, k.m)
      : box === 1
        ? rect(118, 226, 164, 106, 34, k.m)
        : area('M104 250Q104 232 124 232H276Q296 232 296 250Q296 330 200 330T104 250Z', k.m);
  return (
    both(bud) +
    shell +
    line('M122 262H278', k.d, 4) +
    rect(182, 254, 36, 12, 6, k.d) +
    disc(200, 294, 6, k.a) +
    line('M136 284Q138 304 152 312', k.l, 6)
  );
}

function wallpaper(k, x, y, w, h, rx) {
  const art = [
    () =>
      disc(x + w * 0.68, y + h * 0.3, w * 0.16, k.a) +
      area(
        `M${x} ${y + h * 0.8}L${x + w * 0.35} ${y + h * 0.45}L${x + w * 0.6} ${y + h * 0.7}L${x + w * 0.78} ${y + h * 0.55}L${x + w} ${y + h * 0.78}V${y + h - rx}Q${x + w} ${y + h} ${x + w - rx} ${y + h}H${x + rx}Q${x} ${y + h} ${x} ${y + h - rx}Z`,
        k.l,
      ),
    () =>
      disc(x + w * 0.5, y + h * 0.5, w * 0.26, k.a) + disc(x + w * 0.62, y + h * 0.44, w * 0.2, k.l, ' opacity=".85"'),
    () =>
      area(
        `M${x} ${y + h * 0.62}Q${x + w * 0.3} ${y + h * 0.4} ${x + w * 0.55} ${y + h * 0.6}T${x + w} ${y + h * 0.5}V${y + h - rx}Q${x + w} ${y + h} ${x + w - rx} ${y + h}H${x + rx}Q${x} ${y + h} ${x} ${y + h - rx}Z`,
        k.a,
      ) + disc(x + w * 0.3, y + h * 0.28, w * 0.1, k.l),
  ];
  return rect(x, y, w, h, rx, k.s) + art[k.v(3)]();
}

function phone(k) {
  if (/foldable/.test(k.n)) {
    return turn(
      -6,
      rect(84, 92, 120, 226, 16, k.d) +
        rect(196, 92, 120, 226, 16, k.m) +
        wallpaper(k, 94, 102, 212, 206, 10) +
        line('M200 102V308', k.d, 3) +
        disc(258, 116, 5, k.d),
    );
  }
  const tough = /rugged|senior/.test(k.n) ? rect(74, 74, 136, 252, 34, k.d) : '';
  const lens = (x, y, r = 13) => disc(x, y, r, k.s) + disc(x, y, r * 0.45, k.l);
  const camera = [
    () => rect(94, 94, 56, 84, 18, k.d) + lens(122, 118) + lens(122, 152),
    () => disc(140, 134, 40, k.d) + lens(126, 122, 11) + lens(156, 122, 11) + lens(140, 150, 11),
    () => rect(90, 96, 104, 40, 20, k.d) + lens(112, 116) + lens(146, 116) + disc(174, 116, 5, k.a),
    () => rect(94, 94, 72, 72, 20, k.d) + lens(116, 116) + lens(146, 146) + disc(146, 114, 5, k.a),
  ][k.v(4)]();
  const back = turn(-9, tough + rect(82, 82, 120, 236, 24, k.m) + camera + rect(124, 276, 36, 7, 3, k.l), 140, 200);
  const front = turn(
    6,
    rect(198, 88, 122, 240, 24, k.d) +
      rect(202, 92, 114, 232, 20, k.m) +
      wallpaper(k, 208, 98, 102, 220, 15) +
      rect(244, 106, 30, 8, 4, k.d) +
      rect(240, 306, 38, 4, 2, '#fff', faint),
    260,
    200,
  );
  return back + front;
}

function laptop(k) {
  const gaming = /gaming|esports/.test(k.n);
  const lid = rect(88, 104, 224, 160, 14, k.d) + rect(91, 104, 218, 157, 12, k.m) + wallpaper(k, 100, 114, 200, 136, 5);
  const base = area('M86 262H314L344 310H56Z', k.m) + area('M56 310H344V316Q344 326 330 326H70Q56 326 56 316Z', k.d);
  const keys =
    line('M104 273H296', k.d, 6, dashed('11 8')) +
    line('M98 284H302', gaming ? k.a : k.d, 6, dashed('11 8')) +
    area('M170 293H230L234 306H166Z', k.l);
  const pen = /2-in-1/.test(k.n)
    ? turn(
        24,
        rect(330, 150, 11, 150, 5, k.l) + area('M330 296H341L335 312Z', k.s) + rect(330, 168, 11, 20, 0, k.a),
        335,
        220,
      )
    : '';
  const rim = gaming ? line('M72 318H328', k.a, 3) : disc(200, 109, 2.5, k.l);
  return lid + base + keys + rim + pen;
}

function watch(k) {
  const strap =
    area('M158 46Q200 36 242 46L250 142H150Z', k.m) +
    area('M150 258H250L242 352Q200 362 158 352Z', k.m) +
    line('M162 74H238M160 98H240', k.d, 4, faint) +
    [1, 2, 3].map((i) => oval(200, 276 + i * 18, 5, 4, k.d)).join('');
  const rings = line('M200 150A50 50 0 1 1 150 200', k.a, 10) + line('M200 168A32 32 0 1 1 170 212', k.l, 9);
  const hands =
    line('M200 200L200 158M200 200L230 216', '#fff', 7) +
    disc(200, 200, 7, k.a) +
    line('M200 134V140M266 200H260M200 266V260M134 200H140', k.l, 5);
  const pulse =
    line('M140 204H172L184 176L204 230L218 192L226 204H260', k.a, 7) +
    disc(168, 158, 9, k.l) +
    rect(186, 153, 46, 9, 4, k.l);
  const trail =
    area('M140 236L176 184L200 214L226 172L260 236Z', k.a) +
    disc(174, 154, 9, k.l) +
    rect(194, 149, 46, 9, 4, '#fff', faint);
  const face = /trail|outdoor/.test(k.n) ? trail : /blood|kids/.test(k.n) ? pulse : [rings, hands, pulse][k.v(3)];
  const crown = rect(284, 188, 14, 28, 6, k.l);
  if (/round|gps trail|calling|titanium|running|grace/.test(k.n)) {
    return strap + crown + disc(200, 200, 92, k.d) + disc(200, 200, 84, k.l) + disc(200, 200, 76, k.s) + face;
  }
  return (
    strap +
    rect(276, 184, 14, 32, 6, k.l) +
    rect(116, 112, 168, 176, 46, k.d) +
    rect(122, 118, 156, 164, 40, k.l) +
    rect(130, 126, 140, 148, 33, k.s) +
    face
  );
}

const port = (x, y, k) => rect(x, y, 46, 18, 9, k.s) + rect(x + 10, y + 7, 26, 4, 2, k.l);

const charger = (k) =>
  pick(k, [
    [
      /cable/,
      () =>
        line('M200 106C320 106 320 206 200 206S80 306 200 306H250', k.m, 15) +
        line('M200 106C320 106 320 206 200 206S80 306 200 306H250', k.l, 4, dashed('2 12')) +
        line('M176 206H224', k.a, 26) +
        [
          [128, 106, 1],
          [250, 306, 0],
        ]
          .map(
            ([x, y, left]) =>
              rect(x, y - 19, 64, 38, 12, k.d) + rect(left ? x - 24 : x + 60, y - 10, 28, 20, 6, '#b9bfc7'),
          )
          .join(''),
    ],
    [
      /3-in-1/,
      () =>
        rect(76, 300, 248, 30, 15, k.d) +
        rect(76, 292, 248, 26, 13, k.m) +
        rect(120, 180, 18, 116, 6, k.d) +
        turn(
          -8,
          rect(86, 100, 96, 178, 18, k.s) + rect(93, 107, 82, 164, 12, k.a) + disc(134, 168, 22, k.l),
          134,
          200,
        ) +
        rect(226, 206, 16, 90, 6, k.d) +
        disc(234, 188, 34, k.s) +
        disc(234, 188, 24, k.l) +
        rect(268, 268, 48, 30, 14, k.l) +
        disc(292, 283, 4, k.a),
    ],
    [
      /magnetic wireless/,
      () =>
        line('M200 250C200 330 300 290 320 342', k.d, 10) +
        disc(200, 186, 98, k.d) +
        disc(200, 180, 96, k.m) +
        disc(200, 180, 74, k.l) +
        disc(200, 180, 58, k.m) +
        area('M206 136L170 190H196L190 226L230 168H204Z', k.a),
    ],
    [
      /solar/,
      () =>
        [0, 1, 2]
          .map(
            (i) =>
              rect(70 + i * 90, 96 + i * 8, 84, 150, 8, k.d) +
              rect(77 + i * 90, 103 + i * 8, 70, 136, 4, k.s) +
              line(`M${77 + i * 90} ${148 + i * 8}h70m-70 45h70m-35 -90v136`, k.l, 3, faint),
          )
          .join('') +
        rect(110, 250, 180, 82, 22, k.m) +
        port(130, 282, k) +
        port(188, 282, k) +
        disc(258, 291, 12, k.a),
    ],
    [
      /power bank/,
      () =>
        turn(
          10,
          rect(122, 78, 156, 250, 30, k.d) +
            rect(122, 78, 146, 250, 30, k.m) +
            (/slim/.test(k.n)
              ? disc(195, 190, 48, 'none', ` stroke="${k.l}" stroke-width="9"`) +
                area('M200 160L176 196H194L189 222L216 184H198Z', k.a)
              : rect(144, 104, 102, 54, 12, k.s) +
                line('M160 131H198', k.a, 12) +
                line('M212 131H228', k.l, 12, faint) +
                line('M146 236H244M146 256H244M146 276H244', k.d, 5, faint)) +
            [0, 1, 2, 3].map((i) => disc(160 + i * 20, 306, 5, i < 3 ? k.a : k.d)).join(''),
        ),
    ],
    [
      /desktop/,
      () =>
        rect(86, 130, 228, 196, 34, k.d) +
        rect(86, 122, 228, 192, 34, k.m) +
        rect(110, 146, 180, 62, 14, k.s) +
        line('M128 190L152 172L176 182L206 160', k.a, 7) +
        rect(228, 166, 44, 10, 5, k.l) +
        rect(228, 184, 28, 8, 4, k.l, faint) +
        port(112, 232, k) +
        port(177, 232, k) +
        port(242, 232, k) +
        port(146, 268, k) +
        port(208, 268, k),
    ],
    [
      /./,
      () =>
        rect(166, 62, 14, 54, 4, '#b9bfc7') +
        rect(220, 62, 14, 54, 4, '#b9bfc7') +
        rect(112, 104, 176, 182, 38, k.d) +
        rect(112, 104, 176, 174, 38, k.m) +
        rect(130, 122, 12, 96, 6, k.l) +
        (/three/.test(k.n)
          ? port(177, 146, k) + port(177, 182, k)
          : area('M212 130L176 182H200L192 218L230 166H204Z', k.a)) +
        port(177, 236, k) +
        line('M200 254V300Q200 332 236 332H300', k.s, 9),
    ],
  ]);

function keyboard(k) {
  if (/split/.test(k.n)) {
    const half = [0, 1, 2, 3].map((j) => line(`M66 ${158 + j * 32}H158`, k.l, 22, dashed('16 22'))).join('');
    return both(
      turn(
        9,
        rect(38, 126, 142, 186, 24, k.d) + rect(38, 120, 142, 182, 24, k.m) + half + rect(110, 268, 62, 22, 9, k.a),
        110,
        210,
      ),
    );
  }
  const paths = { [k.l]: '', [k.d]: '', [k.a]: '' },
    lit = k.v(2);
  const rows = [
    [26, 26, 26, 26, 26, 26, 26, 26],
    [40, 26, 26, 26, 26, 26, 26, 12],
    [26, 26, 26, 26, 26, 26, 26, 26],
    [34, 26, 26, 26, 26, 26, 44],
    [30, 30, 116, 30, 26],
  ];
  rows.forEach((row, j) => {
    const gap = Math.round((256 - row.reduce((sum, w) => sum + w, 0)) / (row.length - 1));
    let x = 72;
    row.forEach((w, i) => {
      const last = i === row.length - 1;
      const fill =
        (j === 0 && i === 0) || (j === 3 && last) || (j === 4 && i === 2 && lit)
          ? k.a
          : last || i === 0 || j === 4
            ? k.d
            : k.l;
      if (!(j === 0 && last && /75|solid/.test(k.n))) paths[fill] += `M${x + 3} ${145 + j * 31}h${w - 6}v18h-${w - 6}z`;
      x += w + gap;
    });
  });
  const keys = Object.entries(paths)
    .map(([fill, d]) => area(d, fill, ` stroke="${fill}" stroke-width="6" stroke-linejoin="round"`))
    .join('');
  const glow = /gaming/.test(k.n) ? rect(48, 112, 304, 206, 28, k.a, ' opacity=".6"') : '';
  const knob = /75|solid/.test(k.n) ? disc(315, 154, 11, k.a, ` stroke="${k.d}" stroke-width="4"`) : '';
  const cable = /gaming|quiet|87/.test(k.n) ? line('M200 124C200 84 250 100 262 64', k.s, 7) : '';
  return turn(-7, cable + glow + rect(56, 130, 288, 184, 20, k.d) + rect(56, 122, 288, 184, 20, k.m) + keys + knob);
}

const cone = (x, y, r, k) =>
  disc(x, y, r, k.d) + disc(x, y, r * 0.8, k.s) + disc(x, y, r * 0.46, k.l) + disc(x, y, r * 0.2, k.a);
const mesh = (x, y, w, h, step, fill) => {
  let d = '';
  for (let j = 0; j * step <= h; j++) d += `M${x} ${y + j * step}h${w}`;
  return line(d, fill, 5, dashed(`0 ${step}`));
};

const speaker = (k) =>
  pick(k, [
    [
      /soundbar/,
      () =>
        rect(252, 132, 92, 128, 16, k.d) +
        cone(298, 196, 34, k) +
        rect(44, 250, 312, 68, 26, k.d) +
        rect(44, 244, 312, 66, 26, k.m) +
        mesh(78, 262, 240, 32, 11, k.d) +
        disc(330, 277, 6, k.a),
    ],
    [
      /bookshelf|desktop/,
      (q) =>
        both(
          rect(74, 116, 112, 210, 12, q.d) +
            rect(74, 112, 106, 210, 12, q.m) +
            cone(127, 252, 42, q) +
            (/gaming/.test(q.n)
              ? rect(94, 140, 66, 40, 10, q.s) + line('M104 160H150', q.a, 7)
              : cone(127, 162, 22, q)),
        ),
    ],
    [
      /party|floor/,
      () =>
        (/party/.test(k.n) ? line('M160 92V62Q160 54 170 54H230Q240 54 240 62V92', k.s, 12) : '') +
        rect(124, 78, 152, 252, 24, k.d) +
        rect(124, 74, 146, 250, 24, k.m) +
        cone(197, 248, 54, k) +
        cone(197, 144, 40, k) +
        disc(150, 94, 5, k.a) +
        disc(168, 94, 5, k.l),
    ],
    [
      /smart/,
      () =>
        rect(118, 92, 164, 236, 60, k.d) +
        rect(118, 92, 164, 228, 60, k.m) +
        mesh(138, 168, 128, 120, 15, k.d) +
        oval(200, 122, 62, 22, k.s) +
        oval(200, 122, 48, 14, 'none', ` stroke="${k.a}" stroke-width="6"`),
    ],
    [
      /retro/,
      () =>
        line('M130 124Q130 84 200 84T270 124', k.d, 13) +
        rect(72, 122, 256, 196, 34, k.d) +
        rect(72, 116, 256, 194, 34, k.m) +
        rect(94, 140, 134, 146, 20, k.l) +
        mesh(112, 160, 100, 108, 18, k.d) +
        rect(246, 142, 62, 32, 8, k.s) +
        line('M276 148V168', k.a, 4) +
        disc(277, 214, 24, k.d) +
        disc(277, 212, 20, k.a) +
        line('M277 210V198', k.s, 5) +
        disc(260, 268, 10, k.l) +
        disc(294, 268, 10, k.l),
    ],
    [
      /shower/,
      () =>
        line('M200 96C150 40 250 40 200 96', k.d, 9) +
        disc(200, 210, 116, k.d) +
        disc(200, 206, 112, k.m) +
        disc(200, 206, 84, k.l) +
        mesh(155, 160, 90, 60, 15, k.d) +
        line('M154 266H178M166 254V278M222 266H246', k.d, 7) +
        disc(138, 140, 8, '#fff', faint),
    ],
    [
      /outdoor/,
      () =>
        line('M110 146C120 70 280 70 290 146', k.s, 12) +
        rect(58, 140, 284, 166, 78, k.m) +
        mesh(124, 164, 152, 114, 14, k.d) +
        oval(96, 223, 36, 72, k.d) +
        oval(96, 223, 22, 46, k.a) +
        oval(304, 223, 36, 72, k.d) +
        oval(304, 223, 22, 46, k.a),
    ],
    [
      /./,
      () =>
        line('M262 128C330 70 350 150 300 190', k.a, 11) +
        rect(84, 118, 232, 206, 100, k.d) +
        rect(84, 114, 232, 202, 98, k.m) +
        mesh(140, 176, 120, 96, 16, k.d) +
        line('M116 190Q124 154 152 140', k.l, 9) +
        disc(200, 146, 6, k.a),
    ],
  ]);

const glass = (x, y, r, k) =>
  disc(x, y, r, k.d) +
  disc(x, y, r * 0.86, k.s) +
  disc(x, y, r * 0.66, '#39465c') +
  disc(x, y, r * 0.42, k.s) +
  disc(x - r * 0.22, y - r * 0.24, r * 0.17, '#fff', ' opacity=".8"') +
  disc(x + r * 0.24, y + r * 0.22, r * 0.09, k.a);

const camera = (k) =>
  pick(k, [
    [
      /instant/,
      () =>
        rect(126, 276, 148, 66, 4, '#fffdf8') +
        rect(140, 282, 120, 46, 2, k.a) +
        rect(74, 92, 252, 206, 44, k.d) +
        rect(74, 86, 252, 204, 44, k.m) +
        rect(96, 106, 56, 34, 10, k.s) +
        rect(250, 104, 54, 40, 10, k.l) +
        disc(277, 124, 9, k.a) +
        glass(200, 186, 66, k) +
        rect(118, 266, 164, 12, 6, k.d),
    ],
    [
      /action/,
      () =>
        rect(96, 104, 208, 206, 40, k.d) +
        rect(96, 98, 208, 204, 40, k.m) +
        rect(136, 84, 54, 20, 8, k.a) +
        glass(228, 178, 62, k) +
        rect(116, 124, 50, 66, 10, k.s) +
        line('M126 172H154', k.l, 6) +
        line('M120 262H206M120 276H186', k.d, 6) +
        disc(278, 274, 6, k.a),
    ],
    [
      /gimbal/,
      () =>
        rect(164, 196, 74, 138, 22, k.d) +
        rect(164, 196, 66, 138, 22, k.m) +
        rect(180, 218, 36, 54, 6, k.s) +
        disc(198, 298, 12, k.a) +
        line('M224 200V150', k.d, 22) +
        rect(122, 74, 118, 94, 30, k.m) +
        glass(168, 121, 40, k),
    ],
    [
      /kids/,
      () =>
        both(disc(116, 118, 34, k.d) + disc(116, 118, 18, k.a)) +
        rect(66, 112, 268, 202, 70, k.d) +
        rect(66, 108, 268, 198, 70, k.m) +
        glass(200, 208, 66, k) +
        both(disc(104, 208, 12, k.l)) +
        rect(240, 96, 50, 20, 10, k.a),
    ],
    [
      /./,
      () => {
        const zoom = /superzoom|pro video/.test(k.n),
          compact = /compact/.test(k.n);
        const top = compact
          ? rect(96, 124, 70, 26, 6, k.d) + rect(250, 116, 44, 30, 6, k.d) + rect(176, 132, 40, 22, 4, k.s)
          : area('M148 150L166 104Q170 98 178 98H222Q230 98 234 104L252 150Z', k.d) +
            rect(176, 112, 48, 18, 5, k.s) +
            rect(270, 122, 42, 28, 8, k.d) +
            disc(104, 138, 18, k.d);
        const handle = /pro video/.test(k.n) ? line('M120 142V84Q120 74 130 74H270Q280 74 280 84V130', k.s, 15) : '';
        const body =
          rect(58, 142, 284, 176, 28, k.d) +
          rect(58, 138, 284, 172, 28, k.m) +
          (compact || k.v(2)
            ? area('M58 186H342V264H58Z', k.d, compact ? '' : faint)
            : rect(58, 138, 54, 172, 26, k.d)) +
          disc(308, 164, 8, k.a) +
          rect(76, 158, 30, 12, 6, k.l);
        return (
          handle +
          top +
          body +
          (zoom ? disc(200, 226, 100, k.d) + line('M122 196A84 84 0 0 1 278 196', k.l, 5) : '') +
          glass(200, 226, zoom ? 84 : compact ? 62 : 78, k) +
          (zoom ? '' : disc(200, 226, compact ? 66 : 82, 'none', ` stroke="${k.l}" stroke-width="4"`))
        );
      },
    ],
  ]);

function sneaker(k) {
  const high = /high-top|mid-cut/.test(k.n),
    thick = /chunky|cushioned|race/.test(k.n),
    rough = /trail|hiking/.test(k.n),
    tie = /white/.test(k.n) ? k.d : '#fff8ea';
  const sole = thick
    ? area('M52 256Q42 300 64 318H330Q366 318 356 268L340 256Z', '#fbf6ea') +
      line('M64 292Q130 276 200 292T346 288', k.a, 7)
    : area('M56 264Q50 302 70 310H326Q358 310 354 278L344 264Z', '#fbf6ea');
  const tread = rough
    ? line('M72 314H336', k.s, 14, ' stroke-dasharray="10 18"')
    : line(thick ? 'M70 318H334' : 'M72 310H332', k.s, 6);
  const upper = high
    ? 'M60 270L66 118Q70 104 90 106L150 112Q158 114 162 130L180 170L252 230Q292 242 322 246Q352 254 350 272Z'
    : 'M60 270L62 184Q78 168 98 182Q124 204 152 184L172 164Q180 160 188 168L252 228Q292 242 322 246Q352 254 350 272Z';
  const heel = high
    ? area('M60 270L66 118Q70 104 90 106L102 107L106 270Z', k.d)
    : area('M60 270L62 184Q78 168 98 182L108 270Z', k.d);
  const toe = area('M284 271Q286 240 322 246Q352 254 350 271Z', k.l);
  const lace = /slip-on/.test(k.n)
    ? area('M150 186L172 164Q180 160 188 168L214 192L170 226Z', k.d)
    : /strap/.test(k.n)
      ? line('M206 186L160 232', k.a, 22) + line('M238 214L204 252', k.a, 22)
      : line('M190 178L164 208M208 194L184 222M226 210L204 236M244 224L226 248', tie, 8) +
        (high ? line('M170 150L140 164', tie, 8) : '');
  const mark = /strap/.test(k.n)
    ? ''
    : [
        line('M122 258L148 214M144 258L166 222', k.a, 10),
        disc(146, 236, 15, k.a),
        line('M118 224L146 242L118 260M142 224L170 242L142 260', k.a, 8),
        line('M120 250H168M128 234H160', k.a, 8),
      ][k.v(4)];
  return turn(-8, sole + tread + area(upper, k.m) + heel + toe + lace + (high ? disc(84, 150, 14, k.a) : mark));
}

function dress(k) {
  const long = /gown|maxi|qipao|midi/.test(k.n),
    hem = long ? 340 : 314,
    wide = /gown|qipao|knit/.test(k.n) ? 66 : /slip|shirt/.test(k.n) ? 84 : 106;
  const hanger = line('M200 92V78Q216 72 208 58Q196 50 190 62M150 104L200 88L250 104', k.s, 5, faint);
  const sleeves = /velvet|knit/.test(k.n)
    ? both(area('M162 96Q132 108 120 150L104 234L128 240L158 156Z', k.d))
    : /shirt|qipao/.test(k.n)
      ? both(area('M160 94Q128 104 112 150L146 166L162 136Z', k.d))
      : /tea|tulle|cocktail/.test(k.n)
        ? both(oval(144, 122, 30, 28, k.d))
        : '';
  const skirt = `M162 188Q${200 - wide} 250 ${200 - wide} ${hem}Q200 ${hem + 18} ${200 + wide} ${hem}Q${200 + wide} 250 238 188Z`;
  const straps = sleeves
    ? 'M160 92Q200 128 240 92L250 120Q246 160 238 192H162Q154 160 150 120Z'
    : 'M164 82H176Q182 114 200 118Q218 114 224 82H236Q238 112 250 132Q246 164 238 192H162Q154 164 150 132Q162 112 164 82Z';
  const dots = (list, r) => list.map(([x, y]) => disc(x, y, r, k.a)).join('');
  const spots = [
    [180, 150],
    [220, 150],
    [200, 232],
    [172, 258],
    [228, 258],
    [200, 288],
    [158, 298],
    [242, 298],
  ];
  const print = /floral/.test(k.n)
    ? spots.map(([x, y]) => disc(x, y, 9, '#fff8ea') + disc(x, y, 4, k.a)).join('')
    : /dot/.test(k.n)
      ? dots(spots, 7)
      : /plainthread shirt/.test(k.n)
        ? line(`M200 128V${hem}`, k.l, 5) +
          dots(
            [
              [200, 150],
              [200, 174],
              [200, 230],
              [200, 258],
            ],
            5,
          ) +
          line(`M174 216L158 ${hem - 4}M226 216L242 ${hem - 4}`, k.l, 4)
        : /qipao/.test(k.n)
          ? line('M200 104L176 128L170 160', k.a, 5) +
            dots(
              [
                [200, 106],
                [178, 126],
                [171, 154],
              ],
              6,
            ) +
            line(`M238 ${hem}L232 270`, k.d, 5)
          : /knit/.test(k.n)
            ? line(`M176 130V${hem}M192 130V${hem}M208 130V${hem}M224 130V${hem}`, k.d, 3, faint)
            : /tulle/.test(k.n)
              ? line(`M120 250Q200 272 280 250M108 284Q200 306 292 284`, k.l, 6)
              : line(
                  `M186 206L${200 - wide / 2} ${hem}M200 206V${hem + 4}M214 206L${200 + wide / 2} ${hem}`,
                  k.d,
                  4,
                  faint,
                );
  const collar = /qipao/.test(k.n)
    ? area('M178 88Q200 78 222 88L218 106Q200 112 182 106Z', k.d)
    : /plainthread shirt/.test(k.n)
      ? both(area('M200 116L168 90L160 112L184 132Z', k.l))
      : '';
  return (
    hanger +
    sleeves +
    area(skirt, k.m) +
    area(straps, k.m) +
    print +
    collar +
    rect(161, 184, 78, 12, 5, /t-shirt/.test(k.n) ? k.d : k.a)
  );
}

function jacket(k) {
  const hood = /shell|parka|sun|windbreaker/.test(k.n),
    tailored = /blazer|trench/.test(k.n),
    long = /parka|trench/.test(k.n) ? 344 : 318;
  const hoodArt = hood
    ? area('M144 112Q142 56 200 56T256 112Q228 132 200 132T144 112Z', k.d) +
      oval(200, 108, 36, 24, k.s) +
      (/parka/.test(k.n) ? line('M148 106Q150 60 200 60T252 106', k.l, 15) : '')
    : '';
  const sleeve =
    area('M134 112Q104 122 92 184L76 294Q94 306 118 300L140 196Z', k.d) +
    (tailored ? disc(98, 288, 4, k.a) : line('M80 288Q98 298 118 292', k.a, 8));
  const body = area(`M150 98Q200 122 250 98L274 116Q280 210 272 ${long}H128Q120 210 126 116Z`, k.m);
  const quilt = /puffer|parka/.test(k.n)
    ? line('M125 158Q200 172 275 158M124 200Q200 214 276 200M125 242Q200 256 275 242M127 284Q200 298 273 284', k.d, 5) +
      both(line('M102 166L128 176M94 206L132 216M88 248L124 258', k.m, 4))
    : '';
  const front = tailored
    ? area(`M166 104L200 206L234 104L218 108H182Z`, k.l) +
      both(area('M152 98L198 214L160 186L150 160L160 150L140 130Z', k.d)) +
      (/double/.test(k.n)
        ? disc(180, 236, 6, k.a) +
          disc(220, 236, 6, k.a) +
          disc(180, 292, 6, k.a) +
          disc(220, 292, 6, k.a) +
          rect(124, 256, 152, 18, 3, k.d) +
          rect(184, 252, 30, 26, 4, 'none', ` stroke="${k.a}" stroke-width="5"`)
        : disc(200, 232, 6, k.a) + disc(200, 262, 6, k.a))
    : /biker/.test(k.n)
      ? line(`M234 126L178 ${long}`, '#d9d4c8', 6) +
        both(area('M156 98L196 126L158 160L140 122Z', k.d)) +
        line('M146 240L172 228M236 236L262 226', '#d9d4c8', 5)
      : /denim/.test(k.n)
        ? line(`M200 116V${long}M126 168H274M164 168L158 ${long}M236 168L242 ${long}`, k.l, 3, dashed('7 6')) +
          [140, 176, 212, 248, 284].map((y) => disc(200, y, 5, k.a)).join('') +
          both(rect(144, 160, 36, 34, 4, k.d) + area('M150 96L198 118L172 142L144 112Z', k.d))
        : line(`M200 ${hood ? 132 : 114}V${long}`, k.a, 6) +
          (hood ? '' : area('M150 98Q152 82 168 80Q200 98 232 80Q248 82 250 98Q200 124 150 98Z', k.d));
  const pockets = tailored
    ? both(rect(138, 276, 40, 9, 3, k.d, /double/.test(k.n) ? faint : ''))
    : /biker|denim|puffer/.test(k.n)
      ? ''
      : both(line('M150 250L170 282', k.d, 7));
  const rib = /bomber/.test(k.n) ? rect(126, 300, 148, 24, 8, k.d) + rect(102, 196, 26, 30, 4, k.a) : '';
  const flash = /windbreaker|sun/.test(k.n) ? line('M126 196H274', k.l, 12) + line('M126 196H274', '#fff', 3) : '';
  return hoodArt + both(sleeve) + body + quilt + flash + front + pockets + rib;
}

function tshirt(k) {
  const long = /long-sleeve/.test(k.n);
  const sleeve = long
    ? area('M128 108Q98 122 88 184L74 290L106 296L136 190Z', k.d)
    : area('M128 106Q104 116 90 146L62 202L104 224L134 180Z', k.d);
  const body = area(
    'M148 98Q200 138 252 98L276 110Q284 128 276 196L280 320Q200 332 120 320L124 196Q116 128 124 110Z',
    k.m,
  );
  const neck = line('M148 98Q200 142 252 98', k.d, 9);
  const chest = {
    stripe: () => line('M123 172H277M122 202H278M122 232H278M121 262H279M120 292H280', '#fbf6ea', 11),
    mountain: () =>
      area('M146 254L188 184L208 216L224 194L258 254Z', k.a) +
      area('M188 184L175 206L188 212L200 204Z', '#fff8ea') +
      disc(238, 180, 12, '#fff8ea'),
    pixel: () =>
      area('M164 184h24v12h24v-12h24v12h12v24h-12v12h-12v12h-12v12h-24v-12h-12v-12h-12v-12h-12v-24h12z', k.a) +
      rect(176, 196, 12, 12, 0, '#fff8ea'),
    dino: () =>
      area('M150 252Q152 206 190 204Q196 176 222 178Q244 180 244 202H218Q222 216 218 252H204V236H180V252Z', k.a) +
      disc(222, 192, 4, k.s) +
      line('M160 210L168 200L176 202L184 190L192 188', '#fff8ea', 6),
    running: () => line('M124 150L148 320M276 150L252 320', k.a, 6) + line('M188 186L212 174M182 200L212 186', k.l, 6),
    henley: () =>
      line('M200 118V186', k.d, 16) + disc(200, 136, 5, k.a) + disc(200, 156, 5, k.a) + disc(200, 176, 5, k.a),
    modal: () => line('M124 306Q200 318 276 306', k.d, 4, faint),
    silk: () => line('M170 150Q186 230 164 312M230 150Q220 230 240 316', k.d, 5, faint) + disc(200, 132, 5, k.a),
  };
  const key = Object.keys(chest).find((word) => k.n.includes(word));
  const art = key ? chest[key]() : rect(218, 166, 40, 46, 6, k.d) + line('M218 176H258', k.a, 4);
  return both(sleeve) + body + art + neck;
}

function backpack(k) {
  const tall = /hiking/.test(k.n);
  const load = tall
    ? rect(118, 62, 164, 46, 22, k.d) + line('M150 62V108M250 62V108', k.a, 8)
    : line('M168 100V82Q168 66 200 66T232 82V100', k.d, 12);
  const bag =
    rect(92, 190, 40, 112, 18, k.d) +
    rect(268, 190, 40, 112, 18, k.d) +
    rect(112, 92, 176, 238, 58, k.d) +
    rect(112, 92, 176, 232, 58, k.m);
  const front = /camera/.test(k.n)
    ? disc(200, 244, 44, k.d) + disc(200, 244, 32, k.l) + disc(200, 244, 18, k.a)
    : rect(136, 212, 128, 92, 24, k.l) + line('M148 236H252', k.d, 5) + rect(222, 236, 10, 24, 5, k.a);
  const detail = /diaper/.test(k.n)
    ? rect(160, 150, 26, 50, 10, '#fff8ea') + rect(165, 138, 16, 14, 5, k.a)
    : line('M138 168Q200 150 262 168', k.d, 5) + rect(252, 166, 9, 26, 4, k.a);
  return (
    load +
    bag +
    front +
    detail +
    (tall ? line('M112 196H288', k.a, 8) + line('M314 132V328', k.s, 7) + line('M314 132V156', k.a, 12) : '')
  );
}

const bag = (k) =>
  pick(k, [
    [/backpack/, backpack],
    [
      /tote/,
      () =>
        line('M150 160V118Q150 76 200 76T250 118V160', k.d, 13) +
        area('M92 146H308L292 316Q290 328 278 328H122Q110 328 108 316Z', k.m) +
        area('M92 146H308L305 176H95Z', k.d) +
        (/leather/.test(k.n)
          ? rect(180, 166, 40, 50, 8, k.a) + line('M112 312H288', k.l, 3, dashed('8 7'))
          : disc(200, 236, 26, k.a) +
            line('M146 270Q164 258 182 270T218 270T254 270M146 288Q164 276 182 288T218 288T254 288', k.d, 6)) +
        line('M150 160V186M250 160V186', k.d, 13),
    ],
    [
      /crossbody/,
      () =>
        line('M96 214C60 60 340 60 304 214', k.a, 7, dashed('1 11')) +
        line('M96 214C60 60 340 60 304 214', k.a, 2) +
        rect(86, 186, 228, 138, 34, k.d) +
        rect(86, 182, 228, 136, 34, k.m) +
        area('M86 216Q86 182 120 182H280Q314 182 314 216Q314 262 200 270Q86 262 86 216Z', k.l) +
        disc(200, 264, 13, k.a),
    ],
    [
      /handbag/,
      () =>
        line('M144 182Q144 90 200 90T256 182', k.d, 15) +
        area('M88 176H312L326 308Q326 326 308 326H92Q74 326 74 308Z', k.m) +
        area('M88 176H312L306 236Q200 276 94 236Z', k.d) +
        rect(180, 236, 40, 34, 8, k.a) +
        rect(192, 248, 16, 10, 4, k.d) +
        line('M92 312H308', k.l, 3, dashed('8 7')),
    ],
    [
      /duffel/,
      () =>
        line('M146 190Q150 104 200 104T254 190', k.d, 13) +
        rect(52, 164, 296, 152, 66, k.d) +
        rect(52, 160, 296, 150, 66, k.m) +
        line('M96 188H304', k.d, 6) +
        line('M146 162V308M254 162V308', k.d, 14) +
        rect(164, 222, 72, 60, 14, k.l) +
        line('M176 240H224', k.a, 6) +
        oval(74, 236, 14, 40, k.l),
    ],
    [
      /./,
      () =>
        line('M112 222C40 200 40 112 200 112S360 200 288 222', k.s, 18) +
        rect(184, 96, 32, 32, 7, k.d) +
        area('M96 196Q200 148 304 196Q310 300 252 306H148Q90 300 96 196Z', k.m) +
        line('M122 218Q200 190 278 218', k.a, 7) +
        rect(266, 216, 10, 28, 5, k.a) +
        area('M120 246H280Q276 290 250 294H150Q124 290 120 246Z', k.d) +
        line('M146 270H254', k.l, 6),
    ],
  ]);

const accessory = (k) =>
  pick(k, [
    [
      /square scarf/,
      () =>
        turn(
          8,
          rect(80, 84, 240, 240, 10, k.d) +
            rect(80, 78, 240, 240, 10, k.m) +
            rect(98, 96, 204, 204, 4, 'none', ` stroke="${k.a}" stroke-width="9"`) +
            area(
              'M106 104H170A64 64 0 0 1 106 168ZM294 104V168A64 64 0 0 1 230 104ZM106 292V228A64 64 0 0 1 170 292ZM294 292H230A64 64 0 0 1 294 228Z',
              k.l,
            ) +
            [0, 45, 90, 135].map((deg) => turn(deg, oval(200, 198, 13, 60, deg % 90 ? k.d : k.l), 200, 198)).join('') +
            disc(200, 198, 17, k.a),
        ),
    ],
    [
      /scarf/,
      () => {
        const fringe = line([0, 1, 2, 3].map((i) => `M${181 + i * 14} 0v22`).join(''), k.d, 6);
        const weave = /plaid/.test(k.n)
          ? line('M190 -112V-4M214 -112V-4M178 -90H226M178 -56H226M178 -22H226', k.a, 6)
          : line('M177 -34H227M177 -18H227', k.a, 8);
        const tail = (deg, y, fill) =>
          turn(
            deg,
            `<g transform="translate(0 ${y})">${fringe}${rect(174, -118, 56, 120, 5, fill)}${weave}</g>`,
            200,
            180,
          );
        const ring = (fill, d) => line(d, fill, 48);
        const folds = /plaid/.test(k.n)
          ? line(
              'M112 132Q130 176 200 178T288 132M134 126L112 160M164 150L152 190M236 150L248 190M266 126L288 160',
              k.a,
              6,
            )
          : line('M112 132Q130 176 200 178T288 132', k.d, 5, faint);
        return (
          ring(k.d, 'M116 124C116 60 284 60 284 124') +
          tail(-16, 282, k.d) +
          tail(10, 308, k.m) +
          ring(k.m, 'M116 124C116 190 284 190 284 124') +
          folds +
          turn(8, rect(166, 146, 70, 62, 20, k.l) + line('M182 160V192M200 158V196', k.m, 5))
        );
      },
    ],
    [
      /beanie/,
      () =>
        disc(200, 92, 30, k.a) +
        area('M104 252Q96 108 200 108T296 252Z', k.m) +
        line(
          'M148 136Q130 180 132 240M200 116V240M252 136Q270 180 268 240M174 122Q164 180 166 240M226 122Q236 180 234 240',
          k.d,
          5,
          faint,
        ) +
        rect(90, 232, 220, 76, 28, k.d) +
        line('M118 252V288M146 252V288M174 252V288M202 252V288M230 252V288M258 252V288M284 252V288', k.l, 7),
    ],
    [
      /cap/,
      () =>
        area('M92 238Q84 112 196 108Q292 110 292 232Z', k.m) +
        area('M196 108Q248 140 254 234L292 232Q292 110 196 108Z', k.d) +
        line('M196 110Q150 150 146 236', k.d, 4) +
        disc(196, 106, 10, k.a) +
        area('M236 226Q330 214 372 264Q376 276 356 274Q290 256 214 262Z', k.l) +
        area('M92 232Q180 212 296 230V252Q200 240 94 256Z', k.d) +
        disc(186, 180, 24, k.a) +
        area('M170 190L186 164L202 190Z', k.m),
    ],
    [
      /hat/,
      () =>
        oval(200, 268, 164, 46, k.d) +
        oval(200, 260, 164, 46, k.m) +
        oval(200, 252, 128, 30, k.l, faint) +
        area('M120 252Q112 112 200 112T280 252Q200 286 120 252Z', k.m) +
        area('M118 214Q200 246 282 214L282 252Q200 286 118 252Z', k.a) +
        line('M136 172Q200 196 264 172M148 146Q200 164 252 146', k.d, 4, dashed('9 7')) +
        line('M70 272Q200 320 330 272', k.d, 4, dashed('9 7')),
    ],
    [
      /belt/,
      () => {
        const weave = /braided/.test(k.n) ? dashed('10 8') : dashed('5 7');
        return (
          disc(180, 196, 92, 'none', ` stroke="${k.m}" stroke-width="40"`) +
          disc(180, 196, 52, 'none', ` stroke="${k.d}" stroke-width="32"`) +
          disc(180, 196, 80, 'none', ` stroke="${k.l}" stroke-width="3"${weave}`) +
          disc(180, 196, 104, 'none', ` stroke="${k.l}" stroke-width="3"${weave}`) +
          rect(180, 268, 134, 40, 4, k.m) +
          line('M184 274H300M184 302H300', k.l, 3, weave) +
          rect(292, 256, 62, 64, 12, 'none', ' stroke="#c49a4c" stroke-width="11"') +
          line('M296 288H344', '#c49a4c', 8) +
          rect(262, 262, 16, 52, 5, k.d)
        );
      },
    ],
    [
      /long wallet/,
      () =>
        turn(
          -10,
          rect(74, 128, 252, 158, 18, k.d) +
            rect(74, 122, 252, 156, 18, k.m) +
            line('M92 146H308', k.a, 6, dashed('3 7')) +
            rect(290, 144, 14, 42, 6, k.a) +
            line('M92 166H308', k.d, 4) +
            [0, 1, 2, 3, 4, 5].map((i) => line(`M${104 + i * 38} 190l12 18l-12 18l-12 -18z`, k.l, 3, faint)).join('') +
            line('M88 264H312', k.l, 3, dashed('8 7')),
        ),
    ],
    [
      /./,
      () =>
        turn(
          -6,
          rect(116, 92, 150, 100, 10, k.a) +
            rect(132, 108, 150, 100, 10, '#f4ead8') +
            line('M150 126H200', k.d, 6, faint) +
            rect(84, 132, 232, 188, 22, k.d) +
            rect(84, 126, 232, 186, 22, k.m) +
            line('M98 140H302V298H98Z', k.l, 3, dashed('8 7')) +
            rect(246, 196, 84, 48, 22, k.d) +
            disc(272, 220, 10, k.a),
        ),
    ],
  ]);

const DRAW = {
  headphones,
  earbuds,
  phones: phone,
  laptops: laptop,
  smartwatches: watch,
  chargers: charger,
  keyboards: keyboard,
  speakers: speaker,
  cameras: camera,
  sneakers: sneaker,
  dresses: dress,
  jackets: jacket,
  tshirts: tshirt,
  bags: bag,
  accessories: accessory,
};

/** The whole SVG of one product. */
function drawProduct(p) {
  const v = (n, salt = '') => hash(p.id + salt + n) % n;
  const hue = HUES.find((name) => new RegExp(`\\b${name}\\b`).test(p.name)) ?? PLAIN[v(PLAIN.length, 'hue')];
  const [m, d, l, accents, grounds] = COLOURS[hue];
  const [soft, strong] = GROUNDS[grounds[v(grounds.length, 'ground')]];
  const k = { m, d, l, a: accents[v(accents.length, 'accent')], s: '#262b36', n: p.name, v };
  const scene = [
    disc(200, 196, 158, strong),
    rect(54, 46, 292, 290, 60, strong),
    area('M52 336V190A148 148 0 0 1 348 190V336Z', strong),
    disc(264, 146, 112, strong) + disc(110, 262, 74, strong),
  ][v(4, 'scene')];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">${rect(0, 0, 400, 400, 0, soft)}${scene}${oval(200, 338, 132, 13, '#3b3226', ' opacity=".13"')}${DRAW[p.category](k)}</svg>\n`;
}

// ---------------------------------------------------------------- interactions

const CLUSTERS = [
  // share of the shoppers, liked categories with weights, attracting words, odds of price level low/mid/high
  {
    name: 'audio',
    share: 11,
    cats: { headphones: 5, earbuds: 4, speakers: 4 },
    words: /studio|noise|hi-?fi|lossless|driver/,
    level: [1, 3, 4],
  },
  {
    name: 'commuter',
    share: 12,
    cats: { bags: 4, earbuds: 4, chargers: 3, laptops: 2, jackets: 2 },
    words: /commut|folding|fold|transit|business/,
    level: [2, 4, 2],
  },
  {
    name: 'runner',
    share: 12,
    cats: { sneakers: 5, smartwatches: 4, earbuds: 3, tshirts: 2 },
    words: /\brun|sport|race|training/,
    level: [2, 4, 2],
  },
  {
    name: 'photographer',
    share: 8,
    cats: { cameras: 6, bags: 3, laptops: 2, phones: 2 },
    words: /camera|photo|creator|lens/,
    level: [1, 2, 5],
  },
  {
    name: 'gamer',
    share: 12,
    cats: { keyboards: 4, headphones: 4, laptops: 3, tshirts: 2, phones: 2, speakers: 1 },
    words: /gam(ing|er)|esports/,
    level: [2, 3, 3],
  },
  {
    name: 'minimalist',
    share: 10,
    cats: { tshirts: 5, accessories: 3, bags: 3, sneakers: 3 },
    words: /basic|classic|plain|white|black|canvas/,
    level: [4, 3, 1],
  },
  {
    name: 'dresser',
    share: 12,
    cats: { dresses: 6, accessories: 4, bags: 3, jackets: 2 },
    words: /silk|leather|velvet|cashmere/,
    level: [1, 3, 4],
  },
  {
    name: 'parent',
    share: 9,
    cats: { smartwatches: 3, cameras: 3, tshirts: 3, sneakers: 3, dresses: 2, phones: 1 },
    words: /kids|child|girls|family|parent/,
    level: [4, 3, 1],
  },
  {
    name: 'outdoor',
    share: 7,
    cats: { jackets: 5, sneakers: 4, chargers: 3, bags: 3, phones: 1, cameras: 2 },
    words: /outdoor|trail|hik|camp|waterproof/,
    level: [1, 4, 3],
  },
  {
    name: 'student',
    share: 7,
    cats: { phones: 4, laptops: 4, earbuds: 4, keyboards: 2, chargers: 3 },
    words: /student|class|essay|first/,
    level: [6, 2, 1],
  },
];

/** mulberry32: a number in [0, 1). */
function randomFrom(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An index drawn in proportion to the weights. */
function draw(random, weights) {
  let left = random() * weights.reduce((sum, w) => sum + w, 0);
  for (let i = 0; i < weights.length; i++) if ((left -= weights[i]) < 0) return i;
  return weights.length - 1;
}

const between = (random, low, high) => low + Math.floor(random() * (high - low + 1));

/** One ranking for the whole shop, Zipf with a flattened head: rank r weighs 1 / (r + 6). */
function popularity(random, products) {
  const order = products.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = between(random, 0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const weights = [];
  order.forEach((item, rank) => {
    weights[item] = 1 / (rank + 6);
  });
  return weights;
}

/** Cluster, liked categories, price level and how much the shopper strays. */
function makeShopper(random) {
  const cluster =
    CLUSTERS[
      draw(
        random,
        CLUSTERS.map((c) => c.share),
      )
    ];
  const pool = { ...cluster.cats },
    liked = [];
  for (let n = [1, 2, 3][draw(random, [2, 5, 5])]; n > 0; n--) {
    const names = Object.keys(pool),
      name = names[draw(random, Object.values(pool))];
    liked.push(name);
    delete pool[name];
  }
  return {
    cluster,
    liked,
    level: draw(random, cluster.level),
    noise: 0.1 + 0.05 * random(),
    events: between(random, 20, 60),
  };
}

/** How far a shopper goes with an item: 1 view, 2 click, 3 cart, 4 purchase. */
function depth(random, keen) {
  let n = 1;
  for (const chance of keen ? [0.62, 0.5, 0.5] : [0.3, 0.15, 0.25]) {
    if (random() >= chance) break;
    n++;
  }
  return n;
}

/** The visits of one shopper, as [item, depth], about shopper.events events in all. */
function makeVisits(random, shopper, products, popular) {
  const { cluster, liked, level } = shopper,
    seen = new Map(),
    visits = [];
  const taste = products.map((p, i) => {
    const fit = [1, 0.35, 0.1][Math.abs(p.level - level)];
    return fit * (cluster.words.test(p.words) ? 3 : 1) * popular[i];
  });
  const within = (test) => products.map((p, i) => (test(p.category) ? 1 : 0) * (seen.has(i) ? 0.15 : 1));
  let total = 0,
    strayed = 0;
  while (total < shopper.events) {
    const stray = strayed < shopper.noise * total - random();
    const near = !stray && (random() < LIKED || liked.length === Object.keys(cluster.cats).length);
    const open = stray
      ? within((c) => !(c in cluster.cats))
      : near
        ? within((c) => liked.includes(c))
        : within((c) => c in cluster.cats && !liked.includes(c));
    const item = draw(
      random,
      open.map((w, i) => w * (stray ? popular[i] : taste[i])),
    );
    const reach = Math.min(seen.get(item) === 4 ? 2 : 4, depth(random, near), shopper.events - total);
    seen.set(item, Math.max(reach, seen.get(item) ?? 0));
    visits.push([item, reach]);
    total += reach;
    if (stray) strayed += reach;
  }
  return visits;
}

/** Start times of the shopper's sessions: any day, mostly evenings in China (UTC+8). */
function sessionStarts(random, count) {
  const hours = [1, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14, 15],
    busy = [2, 3, 5, 4, 2, 2, 4, 7, 9, 9, 6, 3];
  const starts = Array.from({ length: count }, () => {
    const day = END - between(random, 1, DAYS) * 86400000;
    return day + hours[draw(random, busy)] * 3600000 + between(random, 0, 3599) * 1000;
  });
  return starts.sort((a, b) => a - b);
}

function makeInteractions(products) {
  const random = randomFrom(SEED),
    popular = popularity(random, products),
    rows = [];
  const steps = ['view', 'click', 'cart', 'purchase'];
  for (let u = 1; u <= SHOPPERS; u++) {
    const user = `u${String(u).padStart(3, '0')}`;
    const visits = makeVisits(random, makeShopper(random), products, popular);
    const starts = sessionStarts(random, Math.ceil(visits.length / 3));
    let clock = 0;
    visits.forEach(([item, reach], i) => {
      if (i % 3 === 0) clock = Math.max(clock, starts[i / 3]);
      for (let s = 0; s < reach; s++) {
        clock += between(random, 8, 150) * 1000;
        rows.push([clock, `${user},${products[item].id},${steps[s]},${new Date(clock).toISOString().slice(0, 19)}Z`]);
      }
    });
  }
  rows.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  return `user,item,event,timestamp\n${rows.map((r) => r[1]).join('\n')}\n`;
}

// ---------------------------------------------------------------- main

const products = loadProducts();
mkdirSync(new URL('images/', HERE), { recursive: true });
for (const p of products) writeFileSync(new URL(`images/${p.id}.svg`, HERE), drawProduct(p));
const interactions = makeInteractions(products);
writeFileSync(new URL('interactions.csv', HERE), interactions);
console.log(`${products.length} drawings, ${interactions.split('\n').length - 2} interactions`);
