// What JupyterLab leaves out for those who do not see a page: pictures get the alternative text that is stored
// beside them, sliders of ipywidgets get their names, and a value that is read aloud is the one that is shown.
// And for those who have no mouse: keys go to the control that has the focus. For all: text of a width that reads
// well, and a drawing board whose ink follows the pen at once, also while the kernel computes.
// A notebook that was only read is not marked as changed, so that nothing asks whether to save it.
//
// Plain JavaScript in the shape of a prebuilt extension (module federation), so that nothing must be built:
// JupyterLab calls init with the modules that it shares, and get for the plugin.

(() => {
  const NAME = "course-accessibility";
  const LOST = "Error displaying widget: model not found"; // what ipywidgets says of another kernel's control
  let shared = {};

  /** The newest version of a module that JupyterLab shares. */
  async function load(name) {
    const versions = Object.values(shared[name]);
    const factory = await versions[versions.length - 1].get();
    return factory();
  }

  /** What an output says of its picture; "" where its text is only Python's repr. */
  function alternative(model, mimeType) {
    const metadata = model.metadata[mimeType];
    const text = String(model.data["text/plain"] || "");
    return (metadata && metadata.alt) || (text.startsWith("<") ? "" : text);
  }

  /** Let every picture have its text, also when an output is updated. */
  function describePictures(rendermime, RenderedImage) {
    class DescribedImage extends RenderedImage {
      async render(model) {
        await super.render(model);
        const image = this.node.querySelector("img");
        const text = alternative(model, this.mimeType);
        if (image && text) {
          image.alt = text;
        }
      }
    }
    const mimeTypes = ["image/png", "image/jpeg", "image/gif", "image/bmp", "image/webp"];
    const rank = 90; // JupyterLab's own of these
    rendermime.addFactory({ safe: true, mimeTypes, createRenderer: (of) => new DescribedImage(of) }, rank);
  }

  function setOnce(element, name, value) {
    if (value && element.getAttribute(name) !== value) {
      element.setAttribute(name, value);
    }
  }

  /** A slider's handles: its label is their name, its readout their value. */
  function nameSlider(slider) {
    const label = slider.querySelector(".widget-label");
    const readout = slider.querySelector(".widget-readout");
    const handles = slider.querySelectorAll(".noUi-handle");
    const values = readout ? readout.textContent.split(" – ") : [];
    handles.forEach((handle, index) => {
      setOnce(handle, "aria-label", label && label.textContent.trim());
      if (values.length === handles.length) {
        setOnce(handle, "aria-valuetext", values[index].trim());
      }
    });
  }

  /** A key on a list or a button is not the notebook's: there "b" would add a cell, and Enter would edit one. */
  function keepKeys() {
    const heard = (event) => {
      const control = event.target instanceof Element && event.target.closest(".jupyter-widgets");
      if (control) {
        const runs = event.shiftKey && event.key === "Enter";
        const ours = !(event.ctrlKey || event.metaKey || event.altKey || runs);
        event.target.toggleAttribute("data-lm-suppress-shortcuts", ours);
      }
    };
    window.addEventListener("keydown", heard, true); // before JupyterLab, which listens in the document
  }

  /** Text is as wide as the pictures: some 95 letters a line on the widest screen. */
  function boundText() {
    const style = document.createElement("style");
    style.textContent = ".jp-Notebook .jp-MarkdownOutput > :is(p, ul, ol, blockquote) { max-width: 46em; }";
    document.head.append(style);
  }

  /** A transparent layer that lies upon a board, as large as it. */
  function layerOf(canvas) {
    let layer = canvas.parentElement.querySelector(".course-ink");
    if (!layer) {
      layer = document.createElement("canvas");
      layer.className = "course-ink";
      layer.width = canvas.width;
      layer.height = canvas.height;
      canvas.after(layer);
    }
    layer.style.cssText = `position: absolute; pointer-events: none; width: ${canvas.clientWidth}px;
      height: ${canvas.clientHeight}px; left: ${canvas.offsetLeft + canvas.clientLeft}px;
      top: ${canvas.offsetTop + canvas.clientTop}px`;
    return layer;
  }

  /** Draw on a board at once what the kernel will draw when it answers; `course-pen-24` is a board's class. */
  function inkAtOnce() {
    const BOARD = "[class*='course-pen-']";
    let stroke = null;
    const place = (event, canvas) => {
      const box = canvas.getBoundingClientRect();
      return [
        ((event.clientX - box.left) * canvas.width) / box.width,
        ((event.clientY - box.top) * canvas.height) / box.height,
      ];
    };
    const line = (to) => {
      stroke.ink.beginPath();
      stroke.ink.moveTo(...stroke.at);
      stroke.ink.lineTo(...to);
      stroke.ink.stroke();
      stroke.at = to;
    };
    const board = (event) => event.target instanceof Element && event.target.closest(BOARD);
    const wipe = (event) => {
      const ours = board(event);
      if (ours && event.target.closest("button, select")) {
        ours.querySelectorAll(".course-ink").forEach((layer) => (layer.width = layer.width)); // empties it
      }
    };
    const down = (event) => {
      const ours = board(event);
      if (!ours || !event.isPrimary || event.button !== 0 || !(event.target instanceof HTMLCanvasElement)) {
        return;
      }
      const canvas = event.target;
      const ink = layerOf(canvas).getContext("2d");
      const pen = Number(/course-pen-(\d+)/.exec(ours.className)[1]);
      Object.assign(ink, { strokeStyle: "white", lineWidth: pen, lineCap: "round", lineJoin: "round" });
      stroke = { canvas, ink, at: place(event, canvas) };
      line(stroke.at);
    };
    const move = (event) => {
      if (stroke && event.isPrimary) {
        event.target === stroke.canvas ? line(place(event, stroke.canvas)) : (stroke = null);
      }
    };
    const up = () => (stroke = null);
    const heard = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, click: wipe, change: wipe };
    for (const [kind, listener] of Object.entries(heard)) {
      document.addEventListener(kind, listener, true);
    }
  }

  /** Watch the page for sliders, and for controls whose kernel is gone. */
  function watch() {
    const SLIDER = ".widget-slider";
    const observer = new MutationObserver((changes) => {
      for (const change of changes) {
        const place = change.target instanceof Element ? change.target : change.target.parentElement;
        if (!place) {
          continue;
        }
        if (place.children.length === 0 && place.textContent === LOST) {
          place.textContent = "Run this cell to get the controls.";
        }
        const around = place.closest(SLIDER);
        if (around) {
          nameSlider(around);
        } else {
          for (const added of change.addedNodes) {
            if (added instanceof Element) {
              added.matches(SLIDER) && nameSlider(added);
              added.querySelectorAll(SLIDER).forEach(nameSlider);
            }
          }
        }
      }
    });
    const what = { subtree: true, childList: true, characterData: true };
    observer.observe(document.body, { ...what, attributes: true, attributeFilter: ["aria-valuetext"] });
  }

  /** A notebook's content without what JupyterLab writes of the kernel by itself. */
  function written(model) {
    const { cells, metadata } = model.toJSON();
    return JSON.stringify([cells, { ...metadata, kernelspec: null, language_info: null }]);
  }

  /** Take the mark of a change away while nothing but the kernel's name and version has changed. */
  async function keepClean(panel) {
    await panel.context.ready;
    const model = panel.content.model;
    const opened = written(model);
    const check = () => {
      if (!model.dirty) {
        return;
      }
      if (written(model) === opened) {
        model.dirty = false;
      } else {
        model.stateChanged.disconnect(check);
      }
    };
    model.stateChanged.connect(check);
    check();
  }

  async function plugin() {
    const { IRenderMimeRegistry, RenderedImage } = await load("@jupyterlab/rendermime");
    const { INotebookTracker } = await load("@jupyterlab/notebook");
    return {
      id: `${NAME}:plugin`,
      description: "Alternative texts of pictures, names of sliders, keys for controls, clean notebooks, ink.",
      autoStart: true,
      requires: [IRenderMimeRegistry, INotebookTracker],
      activate: (app, rendermime, tracker) => {
        describePictures(rendermime, RenderedImage);
        tracker.widgetAdded.connect((sender, panel) => keepClean(panel));
        watch();
        keepKeys();
        boundText();
        inkAtOnce();
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const ours = await plugin();
      return () => ({ __esModule: true, default: ours });
    },
  };
})();
