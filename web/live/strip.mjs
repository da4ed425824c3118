// A WebAssembly file without what only a debugger reads.

const CUSTOM = 0; // id of the sections that hold names and notes; the engine skips them

/** `bytes` of a module without its custom sections: of MuJoCo's file, they are more than half. */
export function stripped(bytes) {
  const kept = [bytes.subarray(0, 8)]; // the magic number and the version
  for (let begin = 8; begin < bytes.length; ) {
    let [size, place] = [0, begin + 1]; // the size is a LEB128 number: seven bits in each byte, the lowest first
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = bytes[place++];
      size += (byte & 0x7f) * 2 ** shift;
    }
    if (bytes[begin] !== CUSTOM) kept.push(bytes.subarray(begin, place + size));
    begin = place + size;
  }
  return Buffer.concat(kept);
}
