import { DemoShop } from "./shop.js";

customElements.define("demo-shop", DemoShop);
