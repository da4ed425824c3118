// Numbers on their way to the screen. Pure functions.

/** A whole number, as the course writes it: 8,555. */
export function number(value) {
  return (Math.round(value) + 0).toLocaleString("en-US"); // + 0: never -0
}

/** A rounded step for a slider over `range`, some 200 stops. */
export function stop(range) {
  const power = 10 ** Math.floor(Math.log10(range / 100));
  return range / power >= 500 ? 5 * power : power;
}

/** 1, 2 or 5 times a power of ten, so that three to seven of them make up `range`. */
export function niceUnit(range) {
  const power = 10 ** Math.floor(Math.log10(range / 3));
  return [5, 2, 1].map((times) => times * power).find((unit) => range / unit >= 3) ?? power;
}

/** Of weights (layers, tokens), flat: those of a layer, counted from 1, or for 0 their mean. */
export function meanOfLayers(attention, tokens, layer) {
  const layers = attention.length / tokens;
  if (layer) return attention.slice((layer - 1) * tokens, layer * tokens);
  return Float32Array.from({ length: tokens }, (_, i) => {
    let sum = 0;
    for (let l = 0; l < layers; l++) sum += attention[l * tokens + i];
    return sum / layers;
  });
}
