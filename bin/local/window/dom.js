/**
 * Whatever the page shows of data goes through here and becomes text, never markup.
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
 * Touches the page only where the text is another one, so that a selection of it survives.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/**
 * Brings the children of a list in line with the items: each keeps its element, and with it the focus, as long as its
 * key stays.
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
