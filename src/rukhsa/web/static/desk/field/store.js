// What the device keeps, each row with its owner: visits as they were loaded, files, reports and photos.
const STORES = { visits: "id", files: "id", reports: "key", photos: "key" };
let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open("rukhsa-round", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath }).createIndex("owner", "owner");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

async function within(store, mode, todo) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const request = todo(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
}

export const get = (store, key) => within(store, "readonly", (rows) => rows.get(key));
export const put = (store, row) => within(store, "readwrite", (rows) => rows.put(row));
export const remove = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));
export const all = (store) => within(store, "readonly", (rows) => rows.getAll());
export const of = (store, owner) => within(store, "readonly", (rows) => rows.index("owner").getAll(owner));

// The details of a round leave the device when its day is over; what was entered stays until it is sent.
export async function forgetWhatIsOver(now) {
  for (const store of ["visits", "files"])
    for (const row of await all(store)) if (row.until <= now) await remove(store, row.id);
}
