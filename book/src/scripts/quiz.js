"use strict";

// Questions: check an answer, read why each wrong one is wrong. What was chosen stays in this browser.
{
    const memory = {
        key: (question) => `sp-quiz:${question.dataset.question}`,
        read(question) {
            try {
                return JSON.parse(localStorage.getItem(this.key(question)));
            } catch {
                return null; // storage switched off, or not ours
            }
        },
        write(question, chosen) {
            try {
                localStorage.setItem(this.key(question), JSON.stringify(chosen));
            } catch {
                // Nothing is remembered, and all else works.
            }
        },
    };

    for (const question of document.querySelectorAll(".sp-quiz .sp-question")) {
        const answer = question.querySelector(".sp-answer");
        const options = [...question.querySelectorAll(".sp-option")].map((label, i) => ({
            label,
            input: label.querySelector("input"),
            right: "right" in label.dataset,
            why: answer.querySelectorAll("li")[i].querySelector(".sp-why"),
        }));

        const row = document.createElement("div");
        row.className = "sp-check";
        row.innerHTML = `<button type="button" class="sp-button">Check</button><span role="status"></span>`;
        const [button, status] = row.children;

        const chosen = () => options.flatMap(({ input }, i) => (input.checked ? [i] : []));
        const solved = () => options.every(({ input, right }) => input.checked === right);

        /** Marks an option and says why; a description of its input, so that a screen reader says it too. */
        const explain = ({ label, input, right, why }) => {
            label.classList.add(right ? "sp-right" : "sp-wrong");
            if (label.querySelector(".sp-why") || !why) return;
            const reason = why.cloneNode(true);
            reason.id = `${input.name}-${input.value}-why`;
            input.setAttribute("aria-describedby", reason.id);
            label.append(reason);
        };
        const clear = () => {
            for (const { label, input } of options) {
                label.classList.remove("sp-right", "sp-wrong");
                label.querySelector(".sp-why")?.remove();
                input.removeAttribute("aria-describedby");
            }
            status.textContent = "";
        };

        const check = () => {
            clear();
            if (chosen().length === 0) {
                status.textContent = "Choose an answer first.";
                return;
            }
            memory.write(question, chosen());
            if (solved()) {
                options.forEach(explain);
                status.textContent = "Right.";
            } else {
                options.filter(({ input, right }) => input.checked && !right).forEach(explain);
                status.textContent = options.some(({ input, right }) => input.checked && !right)
                    ? "Not this. Read why, and choose again."
                    : "Right so far. There is more.";
            }
        };

        button.addEventListener("click", check);
        question.addEventListener("change", clear);
        question.closest("form").addEventListener("submit", (event) => event.preventDefault());

        for (const i of memory.read(question) ?? []) {
            if (options[i]) options[i].input.checked = true;
        }
        if (chosen().length > 0) status.textContent = solved() ? "You answered this right." : "Your last answer.";

        answer.replaceWith(row);
    }
}
