/**
 * Creates an element. All data on the page goes through this function and becomes text, never markup, which
 * prevents script injection (XSS).
 * @param {string} tag
 * @param {Record<string, string | boolean | undefined>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '')
    else if (typeof value === 'string') made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

/**
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} kind
 * @returns {E}
 */
export function byId(id, kind) {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}

/**
 * Changes the page only if the text differs, so that a selection of the text survives.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/**
 * Updates the children of a list to match the items. An item keeps its element, and with it the focus, as
 * long as its key is in the list.
 * @template Item
 * @param {HTMLElement} list
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => HTMLElement} make
 * @param {(shown: HTMLElement, item: Item) => void} [update]
 */
export function syncChildren(list, items, keyOf, make, update = () => undefined) {
  const existing = new Map([...list.children].map((child) => [child.getAttribute('data-key'), child]))
  /** @type {Element | null} */
  let next = list.firstElementChild
  for (const item of items) {
    const key = keyOf(item)
    const known = existing.get(key)
    existing.delete(key)
    const child = known instanceof HTMLElement ? known : make(item)
    child.setAttribute('data-key', key)
    update(child, item)
    if (child === next) next = child.nextElementSibling
    else list.insertBefore(child, next)
  }
  for (const leftover of existing.values()) leftover.remove()
}
