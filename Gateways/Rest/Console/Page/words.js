// Every word on the page, in both languages. A test holds the two lists against each other.
export const words = {
  en: {
    title: "Operations", lottery: "Lottery", peers: "Peers", tasks: "Tasks", videos: "Videos", cluster: "Cluster",
    live: "Live", lost: "No connection", paused: "Waiting", theme: "Light or dark", language: "Español", help: "Keys",
    login: "Log in", name: "Name", password: "Password", logout: "Log out", operator: "Operator",
    cancel: "Cancel", close: "Close", ok: "OK", more: "More", first: "First page", search: "Search", none: "Nothing here yet.", notFound: "Nothing found.",
    bets: "Bets", batches: "Batches", rate: "per second", ready: "Ready", agency: "Agency", share: "Share", winners: "Winners", state: "State",
    draw: "Draw", openDraw: "Open draw", lastDraw: "Last draw", opened: "opened", held: "held", heldAt: "Held", number: "Number", winningNumber: "Winning number",
    waitsFor: "held once all are ready", dueAt: "held at the latest", deadline: "Deadline", setDeadline: "Set deadline", removeDeadline: "Remove deadline",
    holdNow: "Hold now", holdTitle: "Hold draw {0} now?", holdText: "{1} of {2} agencies are ready. Bets that come later belong to the next draw. This cannot be undone.",
    deadlineTitle: "Deadline of draw {0}", deadlineText: "The draw is held then with whoever is ready, unless all are ready before.",
    betsCsv: "Bets (CSV)", winnersCsv: "Winners (CSV)", history: "History of draws", agencies: "Agencies", betting: "betting", idle: "waiting", notReady: "not ready",
    heldNotice: "Draw {0} was held: {1} winners, number {2}.", noBets: "No bets in this draw yet.",
    peer: "Peer", address: "Address", files: "Files", published: "Published", since: "Since", lease: "Lease ends", drop: "Log out", show: "Files",
    dropTitle: "Log out {0}?", dropText: "Its files leave the index. It may log in again at any time.", loggedIn: "Logged in", registered: "Registered", indexed: "Files in the index",
    stored: "in Granero's store", filesOf: "Files of {0}", matching: "{0} found", findPeer: "Name or address",
    silo: "Silo", silos: "Silos", activations: "Activations", clients: "Gateways", cpu: "CPU", memory: "Memory", started: "Started", grains: "Grains in memory", dashboard: "Orleans dashboard", kind: "Kind",
    database: "Database", size: "Size", connections: "Connections", commits: "Commits", of: "of", version: "Version", overloaded: "overloaded",
    audit: "What operators changed", when: "When", who: "Who", what: "What", outcome: "Outcome", unknown: "not known",
    image: "Image", running: "Running", queued: "Waiting", duration: "Duration", result: "Result", finished: "Finished", cancelTask: "Cancel", retry: "Retry",
    cancelTitle: "Cancel this task?", cancelText: "Its container is stopped and removed.", all: "All", failed: "Failed", succeeded: "Done", task: "Task", calculation: "Calculation", details: "Details",
    video: "Video", user: "User", users: "Users", progress: "Progress", uploaded: "Uploaded", processed: "Done", play: "Play", reason: "Reason", retryTitle: "Process it again?", disable: "Disable", enable: "Enable",
    cancelVideoTitle: "Cancel this video?", cancelVideoText: "Its processing ends; the uploaded file stays.", disableTitle: "Disable {0}?", disableText: "The user is logged out at once, and cannot log in until enabled again.",
    joined: "Joined", jobs: "Jobs", encoding: "Encoding", disabled: "disabled",
    state_ready: "ready", state_queued: "waiting", state_preparing: "preparing", state_starting: "starting", state_running: "running", state_succeeded: "done", state_failed: "failed", state_cancelled: "cancelled", state_uploaded: "waiting", state_processing: "encoding", state_processed: "done",
    keyTabs: "Open a tab", keySearch: "Go to the search", keyTheme: "Light or dark", keyLanguage: "Language", keyHelp: "This list", keyClose: "Close a dialog",
  },
  es: {
    title: "Operación", lottery: "Lotería", peers: "Pares", tasks: "Tareas", videos: "Videos", cluster: "Clúster",
    live: "En vivo", lost: "Sin conexión", paused: "Esperando", theme: "Claro u oscuro", language: "English", help: "Teclas",
    login: "Entrar", name: "Nombre", password: "Contraseña", logout: "Salir", operator: "Operador",
    cancel: "Cancelar", close: "Cerrar", ok: "Aceptar", more: "Más", first: "Primera página", search: "Buscar", none: "Todavía no hay nada.", notFound: "No se encontró nada.",
    bets: "Apuestas", batches: "Lotes", rate: "por segundo", ready: "Listas", agency: "Agencia", share: "Parte", winners: "Ganadores", state: "Estado",
    draw: "Sorteo", openDraw: "Sorteo abierto", lastDraw: "Último sorteo", opened: "abierto", held: "realizado", heldAt: "Realizado", number: "Número", winningNumber: "Número ganador",
    waitsFor: "se realiza cuando todas están listas", dueAt: "se realiza a más tardar", deadline: "Plazo", setDeadline: "Fijar plazo", removeDeadline: "Quitar plazo",
    holdNow: "Realizar ahora", holdTitle: "¿Realizar el sorteo {0} ahora?", holdText: "{1} de {2} agencias están listas. Las apuestas posteriores pertenecen al próximo sorteo. No se puede deshacer.",
    deadlineTitle: "Plazo del sorteo {0}", deadlineText: "El sorteo se realiza entonces con quienes estén listas, salvo que todas lo estén antes.",
    betsCsv: "Apuestas (CSV)", winnersCsv: "Ganadores (CSV)", history: "Historial de sorteos", agencies: "Agencias", betting: "apostando", idle: "en espera", notReady: "no lista",
    heldNotice: "Se realizó el sorteo {0}: {1} ganadores, número {2}.", noBets: "Todavía no hay apuestas en este sorteo.",
    peer: "Par", address: "Dirección", files: "Archivos", published: "Publicados", since: "Desde", lease: "Vence", drop: "Desconectar", show: "Archivos",
    dropTitle: "¿Desconectar a {0}?", dropText: "Sus archivos salen del índice. Puede volver a entrar en cualquier momento.", loggedIn: "Conectados", registered: "Registrados", indexed: "Archivos en el índice",
    stored: "en el almacén de Granero", filesOf: "Archivos de {0}", matching: "{0} encontrados", findPeer: "Nombre o dirección",
    silo: "Silo", silos: "Silos", activations: "Activaciones", clients: "Gateways", cpu: "CPU", memory: "Memoria", started: "Inicio", grains: "Granos en memoria", dashboard: "Tablero de Orleans", kind: "Clase",
    database: "Base de datos", size: "Tamaño", connections: "Conexiones", commits: "Confirmaciones", of: "de", version: "Versión", overloaded: "sobrecargado",
    audit: "Cambios de los operadores", when: "Cuándo", who: "Quién", what: "Qué", outcome: "Resultado", unknown: "no se sabe",
    image: "Imagen", running: "En curso", queued: "En espera", duration: "Duración", result: "Resultado", finished: "Terminada", cancelTask: "Cancelar", retry: "Reintentar",
    cancelTitle: "¿Cancelar esta tarea?", cancelText: "Su contenedor se detiene y se elimina.", all: "Todas", failed: "Fallidas", succeeded: "Hechas", task: "Tarea", calculation: "Cálculo", details: "Detalles",
    video: "Video", user: "Usuario", users: "Usuarios", progress: "Progreso", uploaded: "Subido", processed: "Listos", play: "Ver", reason: "Motivo", retryTitle: "¿Procesarlo de nuevo?", disable: "Inhabilitar", enable: "Habilitar",
    cancelVideoTitle: "¿Cancelar este video?", cancelVideoText: "Termina su procesamiento; el archivo subido queda.", disableTitle: "¿Inhabilitar a {0}?", disableText: "Su sesión termina ya mismo, y no podrá entrar hasta que se lo habilite de nuevo.",
    joined: "Alta", jobs: "Trabajos", encoding: "Procesando", disabled: "inhabilitado",
    state_ready: "lista", state_queued: "en espera", state_preparing: "preparando", state_starting: "arrancando", state_running: "en curso", state_succeeded: "hecha", state_failed: "fallida", state_cancelled: "cancelada", state_uploaded: "en espera", state_processing: "procesando", state_processed: "listo",
    keyTabs: "Abrir una pestaña", keySearch: "Ir a la búsqueda", keyTheme: "Claro u oscuro", keyLanguage: "Idioma", keyHelp: "Esta lista", keyClose: "Cerrar un diálogo",
  },
};

const stored = localStorage.getItem("granero-language");
export let language = words[stored] ? stored : navigator.language.startsWith("es") ? "es" : "en";
document.documentElement.lang = language;

export function setLanguage(next) {
  language = next;
  localStorage.setItem("granero-language", next);
  document.documentElement.lang = next;
}

// t("holdTitle", 3): the word, with {0}, {1}, ... filled in.
export const t = (word, ...values) => words[language][word].replace(/\{(\d)\}/g, (_, place) => values[place]);
