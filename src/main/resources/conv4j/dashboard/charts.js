'use strict';
// Charts of lines, drawn as SVG in the colours of the style sheet. Text comes into the page as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';
const COLOURS = 7;
const DASHES = ['', '7 3', '2 3', '9 3 2 3'];

/** A new element below a parent; attributes by name, and text. */
function add(parent, name, attributes = {}, text = '') {
  const svg = parent.namespaceURI === SVG || name === 'svg';
  const element = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.textContent = text;
  parent.append(element);
  return element;
}

/** A number as short as it may be read: four digits, powers of ten where there are many zeros. */
function short(value) {
  if (value === null || value === undefined) return '-';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0001 || size >= 1e6)) return value.toExponential(2).replace(/\.?0+e/, 'e');
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(4)));
}

/** About so many round numbers from the least to the most. */
function ticks(least, most, count) {
  const rough = (most - least) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough);
  const all = [];
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most + step * 1e-9; i++) all.push(i * step);
  return all;
}

/** Lines over a common x axis, with a legend and, below the pointer, the numbers. */
class LineChart {
  /**
   * options.name is the id for tests, title and hint are shown, x names the axis, whole says that x are whole numbers,
   * fromZero that the y axis begins at 0, spiky that rare numbers far above all others are cut off at its top.
   */
  constructor(parent, options) {
    this.options = options;
    this.series = [];
    this.figure = add(parent, 'figure', {'data-chart': options.name});
    const caption = add(this.figure, 'figcaption', {}, options.title);
    this.readout = add(caption, 'small', {}, options.hint || '');
    this.svg = add(this.figure, 'svg', {role: 'img', 'aria-label': options.title});
    this.legend = add(this.figure, 'div', {class: 'legend'});
    this.svg.addEventListener('pointermove', event => this.point(event));
    this.svg.addEventListener('pointerleave', () => this.unpoint());
    new ResizeObserver(() => this.later()).observe(this.figure);
  }

  /** Replaces the lines: [{name, points: [[x, y], ...], markers}]; y may be null where nothing is known. */
  show(series) {
    this.series = series.filter(line => line.points.some(([, y]) => y !== null && y !== undefined));
    this.figure.hidden = this.series.length === 0;
    this.later();
  }

  /** Draws before the next picture of the screen, once for any number of calls. */
  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    this.svg.replaceChildren();
    this.width = this.svg.clientWidth;
    this.height = this.svg.clientHeight;
    if (!this.width || this.series.length === 0) return;
    this.scale();
    this.axes();
    this.series.forEach((line, i) => this.line(line, i));
    this.describe();
  }

  /** Finds the ranges of the numbers, and the place that the labels leave. */
  scale() {
    const points = this.series.flatMap(line => line.points).filter(([, y]) => y !== null && y !== undefined);
    const range = values => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    let [x0, x1] = range(points.map(point => point[0]));
    let [y0, y1] = range(points.map(point => point[1]));
    if (this.options.spiky) {
      const sorted = points.map(point => point[1]).sort((a, b) => a - b);
      const usual = sorted[Math.floor((sorted.length - 1) * 0.98)];
      if (y1 > 2 * usual) y1 = 1.5 * usual;
    }
    if (x0 === x1) { x0 -= 0.5; x1 += 0.5; }
    if (this.options.fromZero) y0 = Math.min(0, y0);
    const room = (y1 - y0) * 0.06 || Math.abs(y1) * 0.1 || 1;
    y1 += room;
    if (!this.options.fromZero) y0 -= room;
    this.yTicks = ticks(y0, y1, 5);
    const labels = Math.max(...this.yTicks.map(tick => short(tick).length));
    const left = 12 + labels * 6.3, right = 8, top = 8, bottom = 34;
    this.x = value => left + (value - x0) / (x1 - x0) * (this.width - left - right);
    this.y = value => this.height - bottom - (Math.min(value, y1) - y0) / (y1 - y0) * (this.height - top - bottom);
    this.xTicks = ticks(x0, x1, Math.max(2, Math.floor(this.width / 50)));
    if (this.options.whole) this.xTicks = this.xTicks.filter(Number.isInteger);
    this.left = left;
    this.bottom = this.height - bottom;
  }

  axes() {
    for (const tick of this.yTicks) {
      const y = this.y(tick);
      add(this.svg, 'line', {class: 'grid', x1: this.left, x2: this.width - 8, y1: y, y2: y});
      add(this.svg, 'text', {x: this.left - 6, y: y + 4, 'text-anchor': 'end'}, short(tick));
    }
    for (const tick of this.xTicks) {
      add(this.svg, 'text', {x: this.x(tick), y: this.bottom + 15, 'text-anchor': 'middle'}, short(tick));
    }
    const middle = (this.left + this.width) / 2;
    add(this.svg, 'text', {x: middle, y: this.height - 4, 'text-anchor': 'middle'}, this.options.x);
  }

  style(i) {
    return {stroke: `var(--c${i % COLOURS})`, 'stroke-dasharray': DASHES[this.dash(i)]};
  }

  /** Two lines differ in dashes already; many only when the colours are used up. */
  dash(i) {
    return this.series.length <= 2 ? i : Math.floor(i / COLOURS) % DASHES.length;
  }

  line(line, i) {
    const known = line.points.filter(([, y]) => y !== null && y !== undefined);
    const points = known.map(([x, y]) => `${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}`).join(' ');
    add(this.svg, 'polyline', {class: 'line', points, 'data-line': line.name, ...this.style(i)});
    if (!line.markers && known.length > 1) return;
    // Circles and squares: lines of one point can be seen, and colours are not all that tells lines apart.
    for (const [x, y] of known) {
      const fill = `var(--c${i % COLOURS})`;
      if (i % 2) add(this.svg, 'rect', {x: this.x(x) - 3, y: this.y(y) - 3, width: 6, height: 6, fill});
      else add(this.svg, 'circle', {cx: this.x(x), cy: this.y(y), r: 3.2, fill});
    }
  }

  describe() {
    this.legend.replaceChildren();
    if (this.series.length < 2) return;
    this.series.forEach((line, i) => {
      const item = add(this.legend, 'span');
      const sample = add(item, 'svg', {'aria-hidden': 'true'});
      add(sample, 'line', {x1: 0, x2: 24, y1: 5, y2: 5, 'stroke-width': 2, ...this.style(i)});
      item.append(line.name);
    });
  }

  /** Writes the numbers nearest to the pointer below the title. */
  point(event) {
    if (!this.x || this.series.length === 0) return;
    const at = event.clientX - this.svg.getBoundingClientRect().left;
    const distance = point => Math.abs(this.x(point[0]) - at);
    const nearest = this.series.map(line => line.points.reduce((a, b) => distance(b) < distance(a) ? b : a));
    const x = nearest.reduce((a, b) => distance(b) < distance(a) ? b : a)[0];
    const values = this.series.map((line, i) => `${line.name} ${short(nearest[i][1])}`);
    this.readout.textContent = `${this.options.x} ${short(x)}: ${values.join(', ')}`;
    this.svg.querySelector('.cursor')?.remove();
    add(this.svg, 'line', {class: 'cursor', x1: this.x(x), x2: this.x(x), y1: 8, y2: this.bottom});
  }

  unpoint() {
    this.readout.textContent = this.options.hint || '';
    this.svg.querySelector('.cursor')?.remove();
  }
}

/** A confusion matrix as a table: rows are labels, columns predictions, shades the part of the row. */
class MatrixChart {
  constructor(parent) {
    this.figure = add(parent, 'figure', {'data-chart': 'confusion'});
    this.figure.hidden = true;
    const caption = add(this.figure, 'figcaption', {}, 'Confusion of the validation data');
    this.hint = add(caption, 'small');
    this.body = add(this.figure, 'div', {class: 'scroll'});
  }

  show({epoch, classes, counts, problem}) {
    this.figure.hidden = false;
    this.body.replaceChildren();
    if (problem) {
      this.hint.textContent = `There is none after epoch ${epoch}: ${problem}`;
      return;
    }
    this.hint.textContent = `After epoch ${epoch}. Rows are labels, columns what they were taken for.`;
    const numbers = classes.length <= 20;
    const table = add(this.body, 'table');
    const head = add(table, 'tr');
    add(head, 'th');
    classes.forEach(name => {
      const cell = add(head, 'th', {title: name, class: name.length > 2 ? 'up' : ''});
      cell.style.textAlign = 'center';
      add(cell, 'span', {}, numbers ? name : '');
    });
    counts.forEach((row, actual) => {
      const all = Math.max(1, row.reduce((a, b) => a + b, 0));
      const line = add(table, 'tr');
      add(line, 'th', {}, classes[actual]);
      row.forEach((count, predicted) => {
        const cell = add(line, 'td', {title: `${classes[actual]} taken for ${classes[predicted]}: ${count}`});
        cell.textContent = numbers && count > 0 ? count : '';
        cell.classList.toggle('right', actual === predicted);
        // Half at most, so that the text can be read on it.
        cell.style.backgroundColor = `rgba(var(--cell), ${(count ? 0.06 : 0) + 0.5 * Math.sqrt(count / all)})`;
      });
    });
  }
}
