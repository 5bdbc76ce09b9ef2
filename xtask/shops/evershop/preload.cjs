'use strict';
// EverShop listens on every address and takes no setting for it: a listen on a
// bare port is turned into one on loopback.
const net = require('net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (first, ...rest) {
  const port = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (port && typeof rest[0] !== 'string') return listen.call(this, Number(first), '127.0.0.1', ...rest);
  return listen.call(this, first, ...rest);
};
// The main process has no handler for SIGTERM, so its 'exit' hook, which ends
// its two child processes, would never run.
if (/evershop(\.js)?$/.test(process.argv[1] || '')) {
  for (const s of ['SIGTERM', 'SIGINT']) process.on(s, () => process.exit(0));
}
// The seed downloads its product photographs. Here they are drawn instead, and
// named, as the seed does, by random numbers, which are made repeatable.
if (process.env.EVERSHOP_DRAW_IMAGES) {
  let state = 20240601;
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const { EventEmitter } = require('events');
  const { Readable } = require('stream');
  const fills = { white: '#f2f2ee', black: '#222222', yellow: '#f0c419', green: '#3a8f4d' };
  const draw = async (url) => {
    const name = String(url).split('/').pop().replace(/\.\w+$/, '');
    const fill = fills[name.split('-').pop()] || '#7a8ca3';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1200">
      <rect width="1200" height="1200" fill="#d9d4cc"/>
      <rect x="300" y="300" width="600" height="600" rx="90" fill="${fill}"/>
      <circle cx="${300 + (name.length * 37) % 600}" cy="200" r="60" fill="${fill}"/></svg>`;
    return require('sharp')(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
  };
  require('https').get = (url, answer) => {
    const request = new EventEmitter();
    request.setTimeout = request.destroy = request.end = () => request;
    draw(url).then((jpeg) => {
      const response = Readable.from([jpeg]);
      response.statusCode = 200;
      response.headers = { 'content-type': 'image/jpeg' };
      answer(response);
    }, (e) => request.emit('error', e));
    return request;
  };
}
