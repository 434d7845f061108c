'use strict';
// Reads the training's news (server-sent events, each one JSON object with whatever has changed) and shows them.

const training = {epochs: [], batches: [], ratios: [], facts: {}};
const charts = new Map();
const matrix = new MatrixChart(byId('layers'));
let redraws = false;

function byId(id) {
  return document.getElementById(id);
}

/** The chart of a name, made at its first use. */
function chart(parent, name, options) {
  if (!charts.has(name)) charts.set(name, new LineChart(byId(parent), {name, ...options}));
  return charts.get(name);
}

/** Names like val_loss belong to the chart of loss. */
function metricNames() {
  const names = new Set();
  const all = [...training.epochs, ...training.batches.slice(-1)];
  all.forEach(point => Object.keys(point.means).forEach(name => names.add(name.replace(/^val_/, ''))));
  names.delete('learning_rate');
  return [...names];
}

function take(news) {
  for (const name of ['epochs', 'batches', 'ratios']) {
    if (news[name]) {
      // Points from an index on replace those that are there: nothing twice after a new connection.
      training[name].length = Math.min(training[name].length, news[name].from);
      training[name].push(...news[name].points);
    }
  }
  for (const name of ['about', 'state', 'progress', 'savesTo', 'confusion', 'over']) {
    if (name in news) training.facts[name] = news[name];
  }
  if (news.confusion) matrix.show(news.confusion);
  showHead();
  if (!redraws) {
    redraws = true;
    setTimeout(() => { redraws = false; showCharts(); showCards(); }, 0);
  }
}

function showHead() {
  const {about, state, savesTo, over} = training.facts;
  if (about) {
    byId('model').textContent = about.model;
    byId('about').textContent = `${about.parameters.toLocaleString('en')} parameters on ${about.device}`;
    document.title = `${state.text.split(':')[0]} - ${about.model}`;
  } else {
    byId('about').textContent = 'Training has not begun';
  }
  showState(state.name, state.name === 'failed' ? 'Failed' : state.text);
  byId('failure').hidden = state.name !== 'failed';
  byId('failure').textContent = state.text;
  const active = !over && ['running', 'paused'].includes(state.name);
  byId('pause').disabled = byId('stop').disabled = !active;
  byId('pause').textContent = state.name === 'paused' ? 'Resume' : 'Pause';
  byId('stop').textContent = savesTo ? 'Stop and save' : 'Stop';
  const note = savesTo
    ? `Stopping saves to ${savesTo}, so that the training can go on later.`
    : 'Stopping saves nothing: the training was started without a file to save to (--save FILE).';
  byId('note').hidden = !active;
  byId('note').textContent = note;
  if (over) byId('about').textContent += '. Training is over; this page is no longer served and stays as it is.';
  showPlace();
}

function showState(name, text) {
  byId('state').dataset.state = name;
  byId('state').textContent = text;
}

function duration(seconds) {
  const whole = Math.round(seconds);
  const two = number => String(number).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function showPlace() {
  const place = training.facts.progress;
  if (!place) return;
  const done = (place.epoch - 1 + place.batch / place.batches) / place.epochs;
  byId('bar').value = done;
  byId('place').textContent = `epoch ${place.epoch} of ${place.epochs}, batch ${place.batch.toLocaleString('en')} of `
    + `${place.batches.toLocaleString('en')}, ${duration(place.seconds)}`;
}

/** The latest number of every kind. */
function showCards() {
  const batch = training.batches.at(-1);
  const epoch = training.epochs.at(-1);
  const cards = [];
  metricNames().forEach(name => {
    if (epoch) cards.push([name, short(epoch.means[name])]);
    else if (batch) cards.push([name, short(batch.means[name])]);
    if (epoch && `val_${name}` in epoch.means) cards.push([`val_${name}`, short(epoch.means[`val_${name}`])]);
  });
  if (batch) {
    cards.push(['learning rate', short(batch.learningRate)]);
    if (batch.itemsPerSecond !== null) {
      const wait = batch.dataMillis / (batch.dataMillis + batch.stepMillis) * 100;
      cards.push(['images/s', short(Number(batch.itemsPerSecond.toPrecision(3)))]);
      cards.push(['data wait', `${wait.toFixed(wait < 10 ? 1 : 0)} %`]);
      cards.push(['step', `${short(Number(batch.stepMillis.toPrecision(3)))} ms`]);
    }
  }
  const list = byId('cards');
  list.replaceChildren();
  for (const [name, value] of cards) {
    const card = add(list, 'div');
    add(card, 'dt', {}, name);
    add(card, 'dd', {}, value);
  }
}

function showCharts() {
  const {epochs, batches} = training;
  for (const name of metricNames()) {
    const overEpochs = key => epochs.map(point => [point.epoch, point.means[key] ?? null]);
    chart('epochs', `${name}-epochs`, {title: name, x: 'epoch', whole: true, hint: 'training and validation'}).show([
      {name: 'training', points: overEpochs(name), markers: true},
      {name: 'validation', points: overEpochs(`val_${name}`), markers: true},
    ]);
    chart('batches', `${name}-batches`, {title: name, x: 'epoch', hint: 'of the batches since the point before'}).show([
      {name, points: batches.map(point => [point.at, point.means[name] ?? null])},
    ]);
  }
  const overBatches = key => batches.map(point => [point.at, point[key]]);
  chart('batches', 'learning-rate', {title: 'learning rate', x: 'epoch', fromZero: true, hint: 'of the next step'})
    .show([{name: 'learning rate', points: overBatches('learningRate')}]);
  const scale = {x: 'epoch', fromZero: true, spiky: true};
  chart('batches', 'speed', {...scale, title: 'images per second', hint: 'validation and pauses left out'})
    .show([{name: 'images/s', points: overBatches('itemsPerSecond')}]);
  chart('batches', 'time', {...scale, title: 'milliseconds of a batch', hint: 'rare spikes are cut off'}).show([
    {name: 'steps on the device', points: overBatches('stepMillis')},
    {name: 'waiting for data', points: overBatches('dataMillis')},
  ]);
  showRatios();
}

function showRatios() {
  const layers = [...new Set(training.ratios.flatMap(point => Object.keys(point.layers)))];
  const hint = 'log10 of mean |change by a step| / mean |weight|; about -3 is usual';
  chart('layers', 'ratios', {title: 'update : weight', x: 'epoch', hint}).show(layers.map(layer => ({
    name: layer,
    points: training.ratios.map(point => [point.at, point.layers[layer] ?? null]),
  })));
}

/** Presses a button of the training. */
async function press(button) {
  try {
    await fetch(button, {method: 'POST'});
  } catch (problem) {
    showState('lost', 'Not connected');
  }
}

byId('pause').addEventListener('click', () => press(training.facts.state.name === 'paused' ? 'resume' : 'pause'));
byId('stop').addEventListener('click', () => press('stop'));

const events = new EventSource('events');
events.onmessage = event => {
  const news = JSON.parse(event.data);
  take(news);
  // The browser would ask again and again.
  if (news.over) events.close();
};
events.onerror = () => {
  byId('pause').disabled = byId('stop').disabled = true;
  showState('lost', 'Connection lost');
};
