/** The scripts for the shells: a function that runs `keyturn completion words` on each Tab, without network calls. */

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** A first line of `:files` asks the shell to complete file names too. */
export const FILES_MARK = ":files";

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# keyturn completion for bash: eval "$(keyturn completion bash)", in ~/.bashrc
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = "${FILES_MARK}" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$line")
    fi
  done < <(keyturn completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _keyturn keyturn
`,
  zsh: `#compdef keyturn
# keyturn completion for zsh: eval "$(keyturn completion zsh)", in ~/.zshrc after compinit
_keyturn() {
  local -a found
  local line
  while IFS= read -r line; do
    if [[ "$line" == "${FILES_MARK}" ]]; then _files; else found+=("$line"); fi
  done < <(keyturn completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && compadd -a found
}
compdef _keyturn keyturn
`,
  fish: `# keyturn completion for fish: keyturn completion fish | source, in ~/.config/fish/config.fish
function __keyturn_complete
    set -l typed (commandline -opc)[2..-1] (commandline -ct)
    for line in (keyturn completion words -- $typed 2>/dev/null)
        if test "$line" = "${FILES_MARK}"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c keyturn -f -a '(__keyturn_complete)'
`,
  // PowerShell drops an empty argument of a native command before 7.3, where two quotes stand for it.
  powershell: `# keyturn completion for PowerShell: keyturn completion powershell | Out-String | Invoke-Expression, in $PROFILE
Register-ArgumentCompleter -Native -CommandName keyturn -ScriptBlock {
  param($current, $ast, $cursor)
  $typed = @($ast.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { "$($_.Extent.Text)" })
  if ("$current" -eq '') {
    $typed += if ($PSVersionTable.PSVersion -ge [version]'7.3') { '' } else { '""' }
  }
  # Quoted: before a script such as npm's keyturn.ps1 on Windows, PowerShell consumes a bare -- itself.
  keyturn completion words '--' @typed 2>$null | ForEach-Object {
    if ($_ -eq '${FILES_MARK}') { (Get-ChildItem "$current*" -Name) } else { $_ }
  } | ForEach-Object {
    $text = if ($_ -match '[\\s''"$]') { "'" + ($_ -replace "'", "''") + "'" } else { $_ }
    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
  }
}
`,
};
