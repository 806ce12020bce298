(function () {
  "use strict";
  var map = document.querySelector(".map");
  var svg = map.querySelector("svg");
  var scale = map.querySelector(".scale");
  var whole = 10000;
  var view = { x: -5000, y: -5000, w: whole };

  function show() {
    view.w = Math.min(whole, Math.max(whole / 60, view.w));
    var edge = whole / 2;
    view.x = Math.min(edge - view.w, Math.max(-edge, view.x));
    view.y = Math.min(edge - view.w, Math.max(-edge, view.y));
    svg.setAttribute("viewBox", [view.x, view.y, view.w, view.w].join(" "));
    var tiny = 620 / Math.max(svg.clientWidth, 1);
    svg.style.setProperty("--k", String(view.w / whole * Math.max(1, tiny)));
    map.classList.toggle("small", tiny > 1);
    map.classList.toggle("near", view.w < 0.45 * whole);
    measure();
  }
  function measure() {
    var shown = Number(scale.getAttribute("data-across")) * view.w / whole;
    var power = Math.pow(10, Math.floor(Math.log10(shown / 4)));
    var round = [5, 2, 1].map(function (n) { return n * power; }).find(function (n) { return n <= shown / 4; });
    scale.querySelector("i").style.width = 100 * round / shown + "%";
    scale.querySelector("span").textContent = round >= 1000 ? round / 1000 + " km" : round + " m";
  }
  function zoom(factor, x, y) {
    var px = x === undefined ? view.x + view.w / 2 : x;
    var py = y === undefined ? view.y + view.w / 2 : y;
    var w = Math.min(whole, Math.max(whole / 60, view.w * factor));
    view.x = px - (px - view.x) * w / view.w;
    view.y = py - (py - view.y) * w / view.w;
    view.w = w;
    show();
  }
  function move(dx, dy) { view.x += dx * view.w; view.y += dy * view.w; show(); }
  function home() { view = { x: -5000, y: -5000, w: whole }; show(); }
  function point(event) {
    var box = svg.getBoundingClientRect();
    var side = Math.min(box.width, box.height);
    var left = box.left + (box.width - side) / 2;
    var top = box.top + (box.height - side) / 2;
    return [view.x + (event.clientX - left) / side * view.w, view.y + (event.clientY - top) / side * view.w, side];
  }

  svg.addEventListener("wheel", function (event) {
    event.preventDefault();
    var p = point(event);
    zoom(event.deltaY > 0 ? 1.25 : 0.8, p[0], p[1]);
  }, { passive: false });

  var fingers = new Map();
  var apart = 0;
  svg.addEventListener("pointerdown", function (event) {
    fingers.set(event.pointerId, event);
    svg.setPointerCapture(event.pointerId);
    map.classList.add("dragged");
    apart = 0;
  });
  svg.addEventListener("pointermove", function (event) {
    var before = fingers.get(event.pointerId);
    if (!before) { return; }
    var side = point(event)[2];
    if (fingers.size === 1) {
      view.x -= (event.clientX - before.clientX) / side * view.w;
      view.y -= (event.clientY - before.clientY) / side * view.w;
      show();
    }
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) {
      var both = Array.from(fingers.values());
      var now = Math.hypot(both[0].clientX - both[1].clientX, both[0].clientY - both[1].clientY);
      var middle = point({ clientX: (both[0].clientX + both[1].clientX) / 2, clientY: (both[0].clientY + both[1].clientY) / 2 });
      if (apart > 0 && now > 0) { zoom(apart / now, middle[0], middle[1]); }
      apart = now;
    }
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    svg.addEventListener(name, function (event) {
      fingers.delete(event.pointerId);
      apart = 0;
      if (fingers.size === 0) { map.classList.remove("dragged"); }
    });
  });

  map.addEventListener("keydown", function (event) {
    var done = true;
    switch (event.key) {
      case "ArrowLeft": move(-0.12, 0); break;
      case "ArrowRight": move(0.12, 0); break;
      case "ArrowUp": move(0, -0.12); break;
      case "ArrowDown": move(0, 0.12); break;
      case "+": case "=": zoom(0.8); break;
      case "-": zoom(1.25); break;
      case "0": case "Home": home(); break;
      default: done = false;
    }
    if (done) { event.preventDefault(); }
  });
  map.querySelectorAll("button").forEach(function (button) {
    button.addEventListener("click", function () {
      var what = button.getAttribute("data-do");
      if (what === "in") { zoom(0.7); } else if (what === "out") { zoom(1 / 0.7); } else { home(); }
    });
  });
  document.querySelectorAll("input[data-layer]").forEach(function (box) {
    box.addEventListener("change", function () {
      var layer = document.getElementById(box.getAttribute("data-layer"));
      if (layer) { layer.classList.toggle("off", !box.checked); }
    });
  });
  window.addEventListener("resize", show);
  map.querySelector(".buttons").hidden = false;
  scale.hidden = false;
  document.getElementById("layer-scale").classList.add("off");
  show();
}());
