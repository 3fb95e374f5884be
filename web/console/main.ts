import { KefuConsole } from "./console.js";

customElements.define("kefu-console", KefuConsole);
